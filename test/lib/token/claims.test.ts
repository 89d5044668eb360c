import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParticipantId } from '../../../lib/ids.ts'
import { claimsFor, MAX_TOKEN_SECONDS } from '../../../lib/token/claims.ts'
import type { SignedTerms } from '../../../lib/token/participant-token.ts'
import { signedTerms } from './terms.ts'

const bytesOfAttributes = (bytes: number): Record<string, string> => ({ k: 'x'.repeat(bytes - '{"k":""}'.length) })

describe('claimsFor', () => {
  it.each<[string, Partial<SignedTerms>, string]>([
    ['no capability', { capabilities: [] }, 'no capability'],
    ['a float as issue time', { issuedAt: 1_800_000_000.5 }, 'whole seconds'],
    ['a float as expiry', { expiresAt: 1_800_000_001.5 }, 'whole seconds'],
    ['NaN as expiry', { expiresAt: Number.NaN }, 'whole seconds'],
    ['an expiry at the issue time', { expiresAt: 1_800_000_000 }, 'not after'],
    ['an expiry before the issue time', { expiresAt: 1_799_999_999 }, 'not after'],
    ['a second more than 14 days', { expiresAt: 1_800_000_000 + 1_209_601 }, '14 days'],
    ['an underscore in the participant id', { participantId: 'a_b' as ParticipantId }, 'participant id'],
    ['an empty participant id', { participantId: '' as ParticipantId }, 'participant id'],
    ['65 characters of participant id', { participantId: 'a'.repeat(65) as ParticipantId }, 'participant id'],
    ['an ARN of another kind', { stageArn: 'arn:aws:ivs:eu-west-1:111122223333:channel/abc' }, 'stage ARN'],
    ['an ARN with nothing after the slash', { stageArn: 'arn:aws:ivs:eu-west-1:111122223333:stage/' }, 'stage ARN'],
    ['no events endpoint', { endpoints: { events: '', whip: 'https://w' } }, 'endpoint'],
    ['no WHIP endpoint', { endpoints: { events: 'wss://e', whip: '' } }, 'endpoint'],
    ['1,025 bytes of attributes', { attributes: bytesOfAttributes(1025) }, 'attributes'],
    ['343 three-byte characters', { attributes: { k: '\u20ac'.repeat(343) } }, 'attributes'],
  ])('refuses %s', (_label, over, problem) => {
    expect(() => claimsFor(signedTerms(over))).toThrow(problem)
  })

  it.each<[string, Partial<SignedTerms>, Record<string, unknown>]>([
    ['publish and subscribe', {}, { capabilities: { allow_publish: true, allow_subscribe: true } }],
    ['subscribe alone', { capabilities: ['SUBSCRIBE'] }, { capabilities: { allow_subscribe: true } }],
    ['publish alone', { capabilities: ['PUBLISH'] }, { capabilities: { allow_publish: true } }],
    ['no attributes as an empty object', { attributes: {} }, { attributes: {} }],
    ['exactly 14 days', { expiresAt: 1_801_209_600 }, { exp: 1_801_209_600 }],
    ['exactly 1,024 bytes of attributes', { attributes: bytesOfAttributes(1024) }, {}],
  ])('says %s', (_label, over, claims) => {
    const made = claimsFor(signedTerms(over))
    for (const [name, value] of Object.entries(claims)) expect(made).toHaveProperty(name, value)
  })

  it('says everything IVS asks for and nothing else', () => {
    expect(claimsFor(signedTerms())).toStrictEqual({
      iat: 1_800_000_000,
      exp: 1_800_010_800,
      jti: 'p0000000000000000000Q1',
      resource: 'arn:aws:ivs:eu-west-1:111122223333:stage/aBcD1234',
      topic: 'aBcD1234',
      events_url: 'wss://global.events.live-video.net',
      whip_url: 'https://0a1b.global-bm.whip.live-video.net',
      capabilities: { allow_publish: true, allow_subscribe: true },
      version: '1.0',
      attributes: { role: 'host' },
      user_id: 'ada',
    })
  })

  it('never lets a token live longer than 14 days, whatever the terms', () => {
    const seconds = fc.oneof(fc.integer({ min: 0, max: 4_000_000_000 }), fc.double())
    fc.assert(
      fc.property(seconds, fc.integer({ min: -10, max: 2 * MAX_TOKEN_SECONDS }), (issuedAt, life) => {
        const made = signable(signedTerms({ issuedAt, expiresAt: issuedAt + life }))
        const possible = Number.isSafeInteger(issuedAt) && life > 0 && life <= MAX_TOKEN_SECONDS
        expect(made !== undefined).toBe(possible)
        if (made !== undefined) expect(made.exp - made.iat).toBe(life)
      }),
    )
  })

  it('never quotes a value in what it throws', () => {
    const marker = 'm4rk3r'
    const bad = signedTerms({
      capabilities: [],
      attributes: { [marker]: marker.repeat(200) },
      participantId: `${marker}_` as ParticipantId,
      stageArn: marker,
    })
    expect(() => claimsFor(bad)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(marker) }))
  })
})

function signable(terms: SignedTerms): ReturnType<typeof claimsFor> | undefined {
  try {
    return claimsFor(terms)
  } catch {
    return undefined
  }
}
