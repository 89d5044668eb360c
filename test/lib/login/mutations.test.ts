import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../../lib/login/authenticator.ts'
import { bearer, compactOf, createLoginKey, inlineIssuer, loginOf, NOW_MS, signedBy } from '../../support/logins.ts'

const key = createLoginKey()
const { authenticate } = createAuthenticator({
  issuers: [inlineIssuer(key, { rolesClaim: 'roles', stagesClaim: 'stages', attributeClaims: { plan: 'plan' } })],
  fetchKeySet: () => Promise.reject(new Error('not to be asked')),
  clock: () => NOW_MS,
})
const sound = loginOf(key, { roles: ['host'] })
const refused = { ok: false, refusal: { code: expect.stringMatching(/^login_(required|invalid)$/) } }

describe('authenticate', () => {
  it('refuses any text as a header, and never throws', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'Bbearer .,=_-Aey') }))
    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (anything, withScheme) => {
        expect(await authenticate(withScheme ? bearer(anything) : anything)).toEqual(refused)
      }),
      { numRuns: 500 },
    )
  })

  it('refuses three parts of any bytes', async () => {
    const part = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
    await fc.assert(
      fc.asyncProperty(part, part, part, async (...three) => {
        expect(await authenticate(bearer(three.join('.')))).toEqual(refused)
      }),
    )
  })

  it('never throws for any signed JSON', async () => {
    const json = fc.json({ maxDepth: 4 })
    const member = fc.constantFrom('iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'roles', 'stages', 'plan')
    const header = JSON.stringify({ alg: key.alg, kid: key.kid })
    await fc.assert(
      fc.asyncProperty(member, json, json, async (name, value, anything) => {
        const changed = { [name]: JSON.parse(value) as unknown }
        expect(await authenticate(bearer(loginOf(key, changed)))).toHaveProperty('ok')
        expect(await authenticate(bearer(compactOf(header, anything, signedBy(key))))).toEqual(refused)
      }),
    )
  })

  it('refuses a sound login with one character changed, anywhere', async () => {
    expect(await authenticate(bearer(sound))).toMatchObject({ ok: true })
    const place = fc.nat({ max: sound.length - 1 })
    const character = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=, ')
    await fc.assert(
      fc.asyncProperty(place, character, async (at, other) => {
        fc.pre(sound[at] !== other)
        expect(await authenticate(bearer(sound.slice(0, at) + other + sound.slice(at + 1)))).toEqual(refused)
      }),
      { numRuns: 1000 },
    )
  })

  it('refuses a sound login whose last character says the same bytes in another way', async () => {
    const last = sound.at(-1) ?? ''
    const bytesOf = (compact: string): string => Buffer.from(compact.split('.')[2] ?? '', 'base64url').toString('hex')
    const twins = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .filter((character) => character !== last)
      .map((character) => sound.slice(0, -1) + character)
      .filter((twin) => bytesOf(twin) === bytesOf(sound))
    expect(twins.length).toBeGreaterThan(0)
    for (const twin of twins) expect(await authenticate(bearer(twin))).toEqual(refused)
  })

  it('refuses a sound login with a piece cut out or put in', async () => {
    const place = fc.nat({ max: sound.length })
    await fc.assert(
      fc.asyncProperty(place, place, fc.string({ minLength: 1 }), async (one, other, piece) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        fc.pre(from !== to)
        expect(await authenticate(bearer(sound.slice(0, from) + sound.slice(to)))).toEqual(refused)
        fc.pre(from > 0 || piece.trim() !== '')
        expect(await authenticate(bearer(sound.slice(0, from) + piece + sound.slice(from)))).toEqual(refused)
      }),
    )
  })
})
