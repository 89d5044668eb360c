import { createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import { compactVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { ParticipantId, UserId } from '../../../lib/ids.ts'
import type { TokenSigner } from '../../../lib/token/participant-token.ts'
import { createTokenSigner } from '../../../lib/token/signer.es384.ts'
import { parseSigningKeys } from '../../../lib/token/signing-keys.ts'
import { keyPair, signedTerms, signingSecretText } from './terms.ts'

/** Made for this test and used nowhere else. */
const GOLDEN_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCVmq+yMFDpzuoOTMB5
ybA3NMKqbnSQHgmjvXcaFNwHzjMV9o99dPPmIH1HtBd8wgqhZANiAAT51V6yDHOY
/7gph+Msm37vEtRdzvNr6g4i5OXKu7Mo3zijLGCZLX/X3Glqg8a8nrUKyi73ff4h
FzzIvbghHqrHfbipPZXkSGjtk5WcAAPngO0+DP3ZRuAacfg4X1/R5Wo=
-----END PRIVATE KEY-----
`
const GOLDEN_PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE+dVesgxzmP+4KYfjLJt+7xLUXc7za+oO
IuTlyruzKN84oyxgmS1/19xpaoPGvJ61Csou933+IRc8yL24IR6qx324qT2V5Eho
7ZOVnAAD54DtPgz92UbgGnH4OF9f0eVq
-----END PUBLIC KEY-----
`

/** A signer whose secret's text can be replaced. */
function signerOf(text: string): TokenSigner & { replace(next: string): void } {
  let keys = parseSigningKeys(text)
  return {
    ...createTokenSigner({ readSigningKeys: async () => keys }),
    replace(next) {
      keys = parseSigningKeys(next)
    },
  }
}

/** The token's header and payload as text, its signature checked by hand: raw R‖S, 96 bytes, over SHA-384. */
function opened(token: string, publicKeyPem: string): { header: string; payload: string } {
  const [header = '', payload = '', signature = '', ...more] = token.split('.')
  expect(more).toEqual([])
  expect(token).toMatch(/^[A-Za-z0-9_.-]+$/)
  const bytes = Buffer.from(signature, 'base64url')
  expect(bytes.length).toBe(96)
  const key = { key: createPublicKey(publicKeyPem), dsaEncoding: 'ieee-p1363' as const }
  expect(verify('sha384', Buffer.from(`${header}.${payload}`), key, bytes)).toBe(true)
  return { header: textOf(header), payload: textOf(payload) }
}

const textOf = (part: string): string => Buffer.from(part, 'base64url').toString('latin1')

describe('the token signer', () => {
  it('makes the golden token', async () => {
    const signer = signerOf(signingSecretText({ GoLden123456: GOLDEN_PRIVATE_KEY }))
    const terms = signedTerms({ attributes: { role: 'host', displayName: 'Zoë 🎤' }, userId: 'zoë' as UserId })
    const { header, payload } = opened(await signer.sign(terms, 'GoLden123456'), GOLDEN_PUBLIC_KEY)
    expect(header).toBe(
      '{"alg":"ES384","typ":"JWT","kid":"arn:aws:ivs:eu-west-1:111122223333:public-key/GoLden123456"}',
    )
    expect(payload).toBe(
      '{"iat":1800000000,"exp":1800010800,"jti":"p0000000000000000000Q1",' +
        '"resource":"arn:aws:ivs:eu-west-1:111122223333:stage/aBcD1234","topic":"aBcD1234",' +
        '"events_url":"wss://global.events.live-video.net","whip_url":"https://0a1b.global-bm.whip.live-video.net",' +
        '"capabilities":{"allow_publish":true,"allow_subscribe":true},"version":"1.0",' +
        '"attributes":{"role":"host","displayName":"Zo\\u00eb \\ud83c\\udfa4"},"user_id":"zo\\u00eb"}',
    )
  })

  it('makes tokens that jose verifies', async () => {
    const { privateKeyPem, publicKeyPem } = keyPair()
    const token = await signerOf(signingSecretText({ one: privateKeyPem })).sign(signedTerms(), 'one')
    const { protectedHeader } = await compactVerify(token, createPublicKey(publicKeyPem), { algorithms: ['ES384'] })
    expect(protectedHeader).toMatchObject({ alg: 'ES384', typ: 'JWT' })
  })

  it('says in the token what the terms say, for any terms', async () => {
    const { privateKeyPem, publicKeyPem } = keyPair()
    const signer = signerOf(signingSecretText({ one: privateKeyPem }))
    const terms = fc.record({
      attributes: fc.dictionary(fc.string({ unit: 'binary', maxLength: 10 }), fc.string({ unit: 'binary' }), {
        maxKeys: 3,
      }),
      userId: fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }).map((id) => id as UserId),
      participantId: fc.stringMatching(/^[A-Za-z0-9]{1,64}$/).map((id) => id as ParticipantId),
      issuedAt: fc.integer({ min: 0, max: 4_000_000_000 }),
    })
    await fc.assert(
      fc.asyncProperty(terms, fc.integer({ min: 1, max: 1_209_600 }), async (over, life) => {
        const token = await signer.sign(signedTerms({ ...over, expiresAt: over.issuedAt + life }), 'one')
        const { payload } = opened(token, publicKeyPem)
        expect(payload).toMatch(/^[\x20-\x7f]+$/)
        const claims = JSON.parse(payload)
        expect(claims).toMatchObject({
          iat: over.issuedAt,
          exp: over.issuedAt + life,
          jti: over.participantId,
          user_id: over.userId,
        })
        expect(Object.entries(claims.attributes)).toEqual(Object.entries(over.attributes))
      }),
      { numRuns: 50 },
    )
  })

  it('lets a participant keep its key through a rotation, for as long as the key is in the secret', async () => {
    const [old, next] = [keyPair(), keyPair()]
    const signer = signerOf(signingSecretText({ old: old.privateKeyPem }))
    expect(await signer.keys()).toEqual({ current: 'old', usable: ['old'] })

    signer.replace(signingSecretText({ old: old.privateKeyPem, next: next.privateKeyPem }, 'next'))
    expect(await signer.keys()).toEqual({ current: 'next', usable: ['old', 'next'] })
    expect(opened(await signer.sign(signedTerms(), 'old'), old.publicKeyPem).header).toContain('/old"')
    expect(opened(await signer.sign(signedTerms(), 'next'), next.publicKeyPem).header).toContain('/next"')

    signer.replace(signingSecretText({ next: next.privateKeyPem }))
    expect(await signer.keys()).toEqual({ current: 'next', usable: ['next'] })
    await expect(signer.sign(signedTerms(), 'old')).rejects.toThrow(Fault)
  })

  it('passes on the fault when no key was ever readable', async () => {
    const fault = new Fault('storage_unavailable', 'no secret')
    const signer = createTokenSigner({ readSigningKeys: () => Promise.reject(fault) })
    await expect(signer.keys()).rejects.toBe(fault)
    await expect(signer.sign(signedTerms(), 'one')).rejects.toBe(fault)
  })
})
