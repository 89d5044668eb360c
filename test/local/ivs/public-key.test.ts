import { type createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { exceptionOf, participantOf, reasonOf, room } from './room.ts'
import { signer, stand } from './stand.ts'

const pemOf = (key: ReturnType<typeof createPublicKey>) => key.export({ type: 'spki', format: 'pem' }).toString()
const importKey = (made: ReturnType<typeof stand>, publicKeyMaterial: string) =>
  exceptionOf(made, 'ImportPublicKey', { publicKeyMaterial })

describe('a public key', () => {
  it.each([
    ['on another curve', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
    ['of RSA', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
    ['of random bytes', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('%s is refused', (_, pem) => {
    expect(importKey(stand(), pem())).toBe('ValidationException')
  })

  it('is one of at most three, whether quotas are on or not', () => {
    const made = stand()
    const results = [1, 2, 3, 4].map(() => importKey(made, signer().pem))
    expect(results).toEqual(['none', 'none', 'none', 'ServiceQuotaExceededException'])
  })

  it.each([
    ['conflicts', 'conflict', 'ConflictException'],
    ['is a second resource', 'accepted', 'none'],
  ])('imported twice %s', (_, duplicateKeyImport, expected) => {
    const made = stand({ assume: { duplicateKeyImport } })
    const { pem } = signer()
    importKey(made, pem)
    expect(importKey(made, pem.replaceAll('\n', '\r\n'))).toBe(expected)
  })

  it.each([
    ['kills unjoined tokens at once', true, 'TOKEN_INVALID_SIGNATURE'],
    ['lets tokens issued before live on', false, 'ok'],
  ])('deleted %s, and leaves who is connected alone', (_, deletedKeyKillsUnjoinedTokens, expected) => {
    const made = stand({ assume: { deletedKeyKillsUnjoinedTokens } })
    const r = room(made)
    made.ivs.side.join({ token: r.selfSigned() })
    const unjoined = r.selfSigned({ jti: 'bob' })
    made.ivs.invoke('DeletePublicKey', { arn: r.keyArn })
    expect(participantOf(made, r, r.sessionId(), 'alice1')).toMatchObject({ state: 'CONNECTED' })
    expect(reasonOf(made.ivs.side.join({ token: unjoined }))).toBe(expected)
    made.now += 1000
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned({ jti: 'eve' }) }))).toBe('TOKEN_INVALID_SIGNATURE')
  })
})
