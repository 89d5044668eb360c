import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { createAuthenticator } from '../../../lib/login/authenticator.ts'
import {
  AUDIENCE,
  bearer,
  claimsWith,
  compactOf,
  createLoginKey,
  ISSUER,
  inlineIssuer,
  loginOf,
  NOW,
  NOW_MS,
  signedBy,
} from '../../support/logins.ts'
import { createTwoIssuers, foreign, KEY_SET, key, login, OTHER, rsa } from '../../support/two-issuers.ts'

const { authenticate } = createTwoIssuers()
const raw = (header: string, claims: string): string => bearer(compactOf(header, claims, signedBy(key)))
const HEADER = JSON.stringify({ alg: 'ES256', kid: key.kid })
const CLAIMS = JSON.stringify(claimsWith())

describe('a sound login', () => {
  it('says who is calling', async () => {
    expect(await authenticate(login())).toEqual({
      ok: true,
      value: {
        issuer: ISSUER,
        userId: 'a:user-1',
        roles: [],
        stageGrants: {},
        isAdmin: false,
        stageIdPrefix: '',
        attributes: {},
        expiresAt: NOW + 3600,
      },
    })
  })

  it.each([
    ['with another issuer, whose key set is fetched', bearer(loginOf(rsa, OTHER))],
    ['for several audiences, ours among them', login({ aud: ['elsewhere', AUDIENCE] })],
    ['with the scheme in capitals', login().replace('Bearer', 'BEARER')],
    ['without a type', login({}, { typ: undefined })],
    ['of the type of RFC 9068', login({}, { typ: 'at+jwt' })],
    ['without a key id, where one key fits', login({}, { kid: undefined })],
    ['just expired, within the tolerance', login({ exp: NOW - 4 })],
    ['just not begun, within the tolerance', login({ nbf: NOW + 5, iat: NOW + 5 })],
    [
      'with deep nesting nobody looks into',
      raw(HEADER, CLAIMS.replace('{', `{"x":${'['.repeat(2000)}${']'.repeat(2000)},`)),
    ],
    ['with harmless header members', login({}, { x5t: 'abc', cat: 'cl_1' })],
  ])('is taken %s', async (_, header) => {
    expect(await authenticate(header)).toMatchObject({ ok: true })
  })
})

describe('no login', () => {
  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['a scheme without a login', 'Bearer'],
    ['a scheme and blanks', 'Bearer   '],
    ['a token without a scheme', loginOf(key)],
    ['a scheme that begins like ours', `Bearerx ${loginOf(key)}`],
  ])('%s is login_required', async (_, header) => {
    expect(await authenticate(header)).toEqual({ ok: false, refusal: { code: 'login_required' } })
  })
})

describe('a login that was once right', () => {
  it.each([
    ['expired', login({ exp: NOW - 5 })],
    ['expired long ago', login({ exp: 0 })],
  ])('and is %s is login_expired', async (_, header) => {
    expect(await authenticate(header)).toEqual({ ok: false, refusal: { code: 'login_expired' } })
  })

  it.each([
    ['signed by another key', bearer(loginOf(foreign, { exp: NOW - 60 }))],
    ['for another audience', login({ exp: NOW - 60, aud: 'elsewhere' })],
    ['of nobody', login({ exp: NOW - 60, sub: undefined })],
    ['not begun', login({ exp: NOW - 60, nbf: NOW + 60 })],
  ])('but expired and also %s tells nothing', async (_, header) => {
    expect(await authenticate(header)).toEqual({ ok: false, refusal: { code: 'login_invalid' } })
  })
})

describe('several entries of one issuer', () => {
  const members = inlineIssuer(key, { audience: 'members', userIdPrefix: 'm:', rolesClaim: 'roles' })
  const guests = inlineIssuer(key, { audience: 'guests', userIdPrefix: 'g:', maxRole: 'viewer' })
  const shared = createAuthenticator({
    issuers: [members, guests],
    fetchKeySet: () => Promise.reject(new Error('not to be asked')),
    clock: () => NOW_MS,
  })

  it.each([
    ['the first', 'members', { userId: 'm:user-1', roles: ['host'] }],
    ['the second', 'guests', { userId: 'g:user-1', roles: [], maxRole: 'viewer' }],
    ['both: the first listed judges', ['guests', 'members'], { userId: 'm:user-1', roles: ['host'] }],
  ])('are told apart by the audience: %s', async (_, aud, caller) => {
    expect(await shared.authenticate(login({ aud, roles: ['host'] }))).toMatchObject({ ok: true, value: caller })
  })

  it('say expired only if the entry that fits would', async () => {
    expect(await shared.authenticate(login({ aud: 'guests', exp: NOW - 60 }))).toMatchObject({
      refusal: { code: 'login_expired' },
    })
  })
})

describe('the audience claim and required claims', () => {
  const { authenticate: judge } = createAuthenticator({
    issuers: [
      inlineIssuer(key, { audienceClaim: 'client_id', requiredClaims: { token_use: 'access', verified: true } }),
    ],
    fetchKeySet: () => Promise.reject(new Error('not to be asked')),
    clock: () => NOW_MS,
  })
  const sound = { aud: undefined, client_id: AUDIENCE, token_use: 'access', verified: true }

  it.each([
    ['all as required', {}, true],
    ['another value', { token_use: 'id' }, false],
    ['a missing one', { verified: undefined }, false],
    ['the value as text', { verified: 'true' }, false],
    ['the value in a list', { token_use: ['access'] }, false],
    ['a list where only aud may have one', { client_id: [AUDIENCE] }, false],
    ['the audience where it is not looked for', { client_id: undefined, aud: AUDIENCE }, false],
  ])('%s', async (_, changes, taken) => {
    expect((await judge(login({ ...sound, ...changes }))).ok).toBe(taken)
  })
})

describe('keys that cannot be had', () => {
  it('are a fault, not a refusal', async () => {
    const { authenticate: judge } = createAuthenticator({
      issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: KEY_SET }],
      fetchKeySet: () => Promise.reject(new Error('down')),
      clock: () => NOW_MS,
    })
    const judged = judge(login())
    await expect(judged).rejects.toBeInstanceOf(Fault)
    await expect(judged).rejects.toMatchObject({ code: 'identity_provider_unavailable' })
    expect(await judge(login({ aud: 'elsewhere' }))).toMatchObject({ refusal: { code: 'login_invalid' } })
  })

  it('are fetched once for entries that share their address', async () => {
    let fetches = 0
    const entry = { issuer: ISSUER, jwksUri: KEY_SET }
    const { authenticate: judge } = createAuthenticator({
      issuers: [
        { ...entry, audience: 'one' },
        { ...entry, audience: 'two' },
      ],
      fetchKeySet: async () => {
        fetches += 1
        return JSON.stringify({ keys: [key.jwk] })
      },
      clock: () => NOW_MS,
    })
    expect(await judge(login({ aud: 'one' }))).toMatchObject({ ok: true })
    expect(await judge(login({ aud: 'two' }))).toMatchObject({ ok: true })
    expect(fetches).toBe(1)
  })
})

describe.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const)('%s', (alg) => {
  it('verifies under its own key and under no other algorithm of the same family', async () => {
    const own = createLoginKey(alg)
    const { authenticate: judge } = createAuthenticator({
      issuers: [inlineIssuer(own)],
      fetchKeySet: () => Promise.reject(new Error('not to be asked')),
      clock: () => NOW_MS,
    })
    const others = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'HS256'].filter((other) => other !== alg)
    expect(await judge(bearer(loginOf(own)))).toMatchObject({ ok: true })
    for (const other of others) {
      expect(await judge(bearer(loginOf(own, {}, { alg: other })))).toMatchObject({
        refusal: { code: 'login_invalid' },
      })
    }
  })
})
