import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SecretProblem } from '../../../lib/secret/secret-problem.ts'
import { parseSigningKeys } from '../../../lib/token/signing-keys.ts'
import { keyPair, publicKeyArn, signingSecretText } from './terms.ts'

const { privateKeyPem, publicKeyPem } = keyPair()
const marker = 'm4rk3rOfAKey'
const arn = publicKeyArn('one')
const key = (id = 'one', pem = privateKeyPem): unknown => ({ publicKeyArn: publicKeyArn(id), privateKeyPem: pem })
const text = (secret: unknown): string => JSON.stringify(secret)
const rsaPem = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const encryptedPem = createPrivateKey(privateKeyPem).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-128-cbc',
  passphrase: marker,
})
const brokenPem = privateKeyPem.replace(/\n[A-Za-z0-9+/]{6}/, `\n${marker}`)

const bad: [string, string, string][] = [
  ['nothing', '', 'not JSON'],
  ['what is not JSON', `{"current": ${marker}`, 'not JSON'],
  ['a PEM instead of JSON', privateKeyPem, 'not JSON'],
  ['a string', text(marker), 'the whole: invalid_type'],
  ['null', 'null', 'the whole: invalid_type'],
  ['no current', text({ keys: [key()] }), 'current: invalid_type'],
  ['a current that is not an ARN', text({ current: marker, keys: [key()] }), 'current: invalid_format'],
  ['a private key as current', text({ current: privateKeyPem, keys: [key()] }), 'current: invalid_format'],
  ['a current that is not among the keys', text({ current: publicKeyArn('two'), keys: [key()] }), 'no key that is'],
  ['no keys', text({ current: arn, keys: [] }), 'keys: too_small'],
  ['seven keys', text({ current: arn, keys: [...'1234567'].map((id) => key(id)) }), 'keys: too_big'],
  ['one key twice', text({ current: arn, keys: [key(), key()] }), 'two keys with one id'],
  [
    'an ARN of another kind',
    text({ current: arn, keys: [key(), { publicKeyArn: `arn:aws:ivs:eu-west-1:1:stage/${marker}`, privateKeyPem }] }),
    'keys.1.publicKeyArn: invalid_format',
  ],
  ['a field we do not know', text({ current: arn, keys: [key()], [marker]: marker }), 'unrecognized_keys'],
  ['no PEM', text({ current: arn, keys: [{ publicKeyArn: arn }] }), 'keys.0.privateKeyPem: invalid_type'],
  ['what is not a PEM', text({ current: arn, keys: [key('one', marker)] }), 'of one is not an unencrypted PEM'],
  ['a PEM that is broken', text({ current: arn, keys: [key('one', brokenPem)] }), 'of one is not'],
  ['a public key', text({ current: arn, keys: [key('one', publicKeyPem)] }), 'of one is not an unencrypted PEM'],
  ['an encrypted key', text({ current: arn, keys: [key('one', encryptedPem.toString())] }), 'unencrypted'],
  ['an RSA key', text({ current: arn, keys: [key('one', rsaPem.toString())] }), 'of one is not on the curve P-384'],
  ['P-256', text({ current: arn, keys: [key('one', keyPair('P-256').privateKeyPem)] }), 'not on the curve P-384'],
  ['P-521', text({ current: arn, keys: [key('one', keyPair('P-521').privateKeyPem)] }), 'not on the curve P-384'],
]

describe('parseSigningKeys', () => {
  it.each(bad)('refuses %s, without quoting it', (_label, secret, problem) => {
    const thrown = thrownBy(() => parseSigningKeys(secret))
    expect(thrown).toBeInstanceOf(SecretProblem)
    expect(thrown).toHaveProperty('message', expect.stringContaining(problem))
    const said = `${String(thrown)} ${thrown instanceof Error ? [thrown.stack, thrown.cause].join(' ') : ''}`
    expect(said).not.toContain(marker)
    for (const line of privateKeyPem.split('\n').filter((part) => part !== '')) expect(said).not.toContain(line)
  })

  it.each([
    ['PKCS#8', privateKeyPem],
    ['SEC1', createPrivateKey(privateKeyPem).export({ type: 'sec1', format: 'pem' }).toString()],
  ])('reads a key in %s', (_label, pem) => {
    const { current, byId } = parseSigningKeys(signingSecretText({ two: pem, one: pem }, 'one'))
    expect(current).toBe('one')
    expect([...byId.keys()]).toEqual(['two', 'one'])
    expect(byId.get('one')?.publicKeyArn).toBe(arn)
    expect(byId.get('one')?.privateKey.equals(createPrivateKey(privateKeyPem))).toBe(true)
  })

  it('reads six keys', () => {
    expect(
      parseSigningKeys(text({ current: publicKeyArn('4'), keys: [...'123456'].map((id) => key(id)) })).byId.size,
    ).toBe(6)
  })
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
