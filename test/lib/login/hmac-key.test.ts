import { describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../../lib/login/authenticator.ts'
import { AUDIENCE, bearer, claimsWith, compactOf, hmacBy, ISSUER, NOW_MS } from '../../support/logins.ts'

const SECRET = 'a secret that only issuer and we know'
const MINUTE_MS = 60_000

function sharing(text: string) {
  const state = { now: NOW_MS, text, reads: 0, down: false }
  const { authenticate } = createAuthenticator({
    issuers: [{ issuer: ISSUER, audience: AUDIENCE, hmacSecretId: 'stagedoor/test/login' }],
    fetchKeySet: () => Promise.reject(new Error('not to be asked')),
    secrets: async () => {
      state.reads += 1
      if (state.down) throw new Error('down')
      return state.text
    },
    clock: () => state.now,
  })
  return { state, authenticate }
}

const login = (secret: string, header = '{"alg":"HS256"}'): string =>
  bearer(compactOf(header, JSON.stringify(claimsWith()), hmacBy(secret)))

describe('an issuer that shares a secret', () => {
  it.each([
    ['the secret itself', login(SECRET), true],
    ['another secret', login(`${SECRET}!`), false],
    ['no secret', login(''), false],
    ['an algorithm that is not listed', login(SECRET, '{"alg":"HS512"}'), false],
    ['alg none', login(SECRET, '{"alg":"none"}'), false],
  ])('judges a login made with %s', async (_, header, taken) => {
    expect((await sharing(SECRET).authenticate(header)).ok).toBe(taken)
  })

  it('has its secret read again after 15 minutes, and served stale while that fails', async () => {
    const { state, authenticate } = sharing(SECRET)
    await Promise.all([authenticate(login(SECRET)), authenticate(login(SECRET))])
    expect(state.reads).toBe(1)
    state.text = 'another secret of thirty-two bytes and more'
    state.now += 15 * MINUTE_MS
    state.down = true
    expect(await authenticate(login(SECRET))).toMatchObject({ ok: true })
    state.down = false
    state.now += MINUTE_MS
    expect(await authenticate(login(SECRET))).toMatchObject({ ok: false })
    expect(await authenticate(login(state.text))).toMatchObject({ ok: true })
  })

  it.each([
    ['too short', 'x'.repeat(31), false],
    ['unreadable', SECRET, true],
  ])('with a secret that is %s is a fault, without a word of the secret', async (_, text, down) => {
    const { state, authenticate } = sharing(text)
    state.down = down
    const judged = authenticate(login(text))
    await expect(judged).rejects.toMatchObject({ name: 'Fault' })
    await expect(judged).rejects.not.toThrow(text)
  })

  it('takes a secret of 32 bytes', async () => {
    const text = 'x'.repeat(32)
    expect(await sharing(text).authenticate(login(text))).toMatchObject({ ok: true })
  })
})
