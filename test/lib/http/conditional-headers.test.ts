import { describe, expect, it } from 'vitest'
import { etagOf, ifMatchHolds, isNotModified } from '../../../lib/http/etag.ts'
import { parseIdempotencyKey } from '../../../lib/http/idempotency-key.ts'

const tag = etagOf('uid', 3)

describe('entity tags', () => {
  it('are strong and hold every part', () => {
    expect(tag).toBe('"uid.3"')
  })

  it.each([
    ['absent', undefined, tag, true],
    ['absent, of nothing', undefined, undefined, true],
    ['the same', '"uid.3"', tag, true],
    ['one of a list', '"x" , "uid.3"', tag, true],
    ['any', '*', tag, true],
    ['any, of nothing', '*', undefined, false],
    ['another', '"uid.2"', tag, false],
    ['another, of nothing', '"uid.2"', undefined, false],
    ['a weak one', 'W/"uid.3"', tag, false],
    ['without quotes', 'uid.3', tag, false],
    ['empty', '', tag, false],
  ])('If-Match: %s', (_what, header, current, holds) => {
    expect(ifMatchHolds(header, current)).toBe(holds)
  })

  it.each([
    ['absent', undefined, false],
    ['the same', '"uid.3"', true],
    ['a weak one', 'W/"uid.3"', true],
    ['one of a list', '"x",W/"uid.3"', true],
    ['any', '*', true],
    ['another', '"uid.2"', false],
    ['without quotes', 'uid.3', false],
  ])('If-None-Match: %s', (_what, header, isSame) => {
    expect(isNotModified(header, tag)).toBe(isSame)
  })
})

describe('Idempotency-Key', () => {
  it.each(['a', '!', '~', 'x'.repeat(64), '3f1c-…'.slice(0, 5)])('takes %j', (key) => {
    expect(parseIdempotencyKey({ 'idempotency-key': key })).toEqual({ ok: true, value: key })
  })

  it('may be absent', () => {
    expect(parseIdempotencyKey({})).toEqual({ ok: true, value: undefined })
  })

  it.each(['', ' ', 'a b', 'x'.repeat(65), 'é', 'a\u0000', 'a\n'])('refuses %j', (key) => {
    const answer = parseIdempotencyKey({ 'idempotency-key': key })
    const error = { pointer: '#header/Idempotency-Key', code: 'invalid_format', detail: expect.any(String) }
    expect(answer).toEqual({ ok: false, refusal: { code: 'invalid_request', errors: [error] } })
  })
})
