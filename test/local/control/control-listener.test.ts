import { describe, expect, it } from 'vitest'
import { isFromHere } from '../../../local/control/control-listener.ts'

describe('isFromHere', () => {
  it.each([
    ['a command line', { host: '127.0.0.1:3000' }, true],
    ['localhost', { host: 'localhost:3000' }, true],
    ['IPv6', { host: '[::1]:3000' }, true],
    [
      'a page of ours',
      { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
      true,
    ],
    ['a page of another local server', { host: 'localhost:3000', origin: 'http://127.0.0.1:5173' }, true],
    ['a foreign page', { host: 'localhost:3000', origin: 'https://evil.example' }, false],
    ['a page in a sandbox', { host: 'localhost:3000', origin: 'null' }, false],
    ['a foreign image or form', { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }, false],
    ['a name that was made to resolve here', { host: 'evil.example:3000' }, false],
    ['a name that begins like ours', { host: 'localhost.evil.example' }, false],
    ['an address in disguise', { host: '127.0.0.1.evil.example' }, false],
    ['no host', {}, false],
  ])('%s: %s', (_, headers, expected) => {
    expect(isFromHere(headers)).toBe(expected)
  })
})
