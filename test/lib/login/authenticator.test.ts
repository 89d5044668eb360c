import { beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { createAuthenticator } from '../../../lib/login/authenticator.ts'
import {
  AUDIENCE,
  bearer,
  claimsWith,
  compactOf,
  createLoginKey,
  hmacBy,
  ISSUER,
  inlineIssuer,
  loginOf,
  type Members,
  NOW,
  NOW_MS,
  signedBy,
} from '../../support/logins.ts'

const key = createLoginKey('ES256')
const rsa = createLoginKey('RS256', 'rsa-1')
const foreign = createLoginKey('ES256')
const KEY_SET = 'https://keys.example.com/jwks.json'

let fetched: string[] = []
beforeEach(() => {
  fetched = []
})

/** Two issuers, so that one's key may be tried on the other; every address asked for is written down. */
const { authenticate } = createAuthenticator({
  issuers: [
    inlineIssuer(key, { userIdPrefix: 'a:', algorithms: ['ES256'] }),
    {
      issuer: 'https://other.example.com/',
      audience: AUDIENCE,
      jwksUri: KEY_SET,
      algorithms: ['RS256'],
      userIdPrefix: 'b:',
    },
  ],
  fetchKeySet: async (url) => {
    fetched.push(url)
    return JSON.stringify({ keys: [rsa.jwk] })
  },
  clock: () => NOW_MS,
})

const login = (claims: Members = {}, header: Members = {}): string => bearer(loginOf(key, claims, header))
const raw = (header: string, claims: string | Buffer): string => bearer(compactOf(header, claims, signedBy(key)))
const HEADER = JSON.stringify({ alg: 'ES256', kid: key.kid })
const CLAIMS = JSON.stringify(claimsWith())
const OTHER = { iss: 'https://other.example.com/' }
const without = (text: string, name: string): string => {
  const { [name]: _, ...rest } = JSON.parse(text) as Members
  return JSON.stringify(rest)
}
const parts = (header: string): string[] => header.slice('Bearer '.length).split('.')

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

const tricks: readonly (readonly [string, string])[] = [
  ['alg none without a signature', bearer(`${parts(raw('{"alg":"none"}', CLAIMS)).slice(0, 2).join('.')}.`)],
  ['alg none with a signature', raw('{"alg":"none"}', CLAIMS)],
  ['alg NONE', raw('{"alg":"NONE"}', CLAIMS)],
  ['no alg', raw('{"kid":"key-1"}', CLAIMS)],
  ['alg not text', raw('{"alg":["ES256"],"kid":"key-1"}', CLAIMS)],
  ['an alg this issuer does not use', bearer(loginOf(rsa))],
  [
    'HMAC with the public key in PEM',
    bearer(compactOf('{"alg":"HS256","kid":"rsa-1"}', JSON.stringify(claimsWith(OTHER)), hmacBy(rsa.publicPem))),
  ],
  [
    'HMAC with the public key as JWK',
    bearer(
      compactOf('{"alg":"HS256","kid":"rsa-1"}', JSON.stringify(claimsWith(OTHER)), hmacBy(JSON.stringify(rsa.jwk))),
    ),
  ],
  ['HMAC with nothing', bearer(compactOf('{"alg":"HS256","kid":"key-1"}', CLAIMS, hmacBy('')))],
  ['a key nobody knows, under a known id', bearer(loginOf(foreign))],
  ["another issuer's key", bearer(loginOf(rsa, {}))],
  ["another issuer's key and name, our algorithm", bearer(loginOf(key, OTHER))],
  ['a kid that is a path', login({}, { kid: '../../../../dev/null' })],
  ['a kid that is a URL', login({}, { kid: 'https://evil.example.com/key' })],
  ['a kid that is a query', login({}, { kid: "' OR 1=1 --" })],
  ['a kid that is not text', login({}, { kid: 7 })],
  ['an empty kid', login({}, { kid: '' })],
  ['a huge kid', login({}, { kid: 'k'.repeat(300) })],
  ['a kid named like a member of every object', login({}, { kid: '__proto__' })],
  ['jku', login({}, { jku: 'https://evil.example.com/jwks.json' })],
  ['x5u', login({}, { x5u: 'https://evil.example.com/cert.pem' })],
  ['jwk', bearer(loginOf(foreign, {}, { jwk: foreign.jwk }))],
  ['x5c', login({}, { x5c: ['MIIB'] })],
  ['crit', login({}, { crit: ['exp'] })],
  ['crit, empty', login({}, { crit: [] })],
  ['b64', login({}, { b64: false, crit: ['b64'] })],
  ['compressed', login({}, { zip: 'DEF' })],
  ['of another type', login({}, { typ: 'logout+jwt' })],
  ['a type that is not text', login({}, { typ: 1 })],
  ['an issuer nobody listed', login({ iss: 'https://evil.example.com/' })],
  ['an issuer but for its slash', login({ iss: ISSUER.slice(0, -1) })],
  ['an issuer in capitals', login({ iss: ISSUER.toUpperCase() })],
  ['an issuer in a list', login({ iss: [ISSUER] })],
  ['no issuer', login({ iss: undefined })],
  ['no audience', login({ aud: undefined })],
  ['a foreign audience', login({ aud: 'elsewhere' })],
  ['an empty audience', login({ aud: '' })],
  ['an empty list of audiences', login({ aud: [] })],
  ['an audience that is not text', login({ aud: 7 })],
  ['an audience that is an object', login({ aud: { [AUDIENCE]: true } })],
  ['an audience list that holds more than texts', login({ aud: [AUDIENCE, 7] })],
  ['an audience list in a list', login({ aud: [[AUDIENCE]] })],
  ['the audience in another claim', login({ aud: undefined, client_id: AUDIENCE })],
  ['no exp', login({ exp: undefined })],
  ['exp as text', login({ exp: String(NOW + 60) })],
  ['exp with a fraction', login({ exp: NOW + 60.5 })],
  ['a negative exp', login({ exp: -1 })],
  ['exp null', login({ exp: null })],
  ['exp beyond all numbers', raw(HEADER, CLAIMS.replace(String(NOW + 3600), '1e999'))],
  ['exp beyond whole numbers', login({ exp: 2 ** 60 })],
  ['nbf ahead', login({ nbf: NOW + 6 })],
  ['nbf as text', login({ nbf: String(NOW) })],
  ['iat ahead', login({ iat: NOW + 6 })],
  ['iat null', login({ iat: null })],
  ['no sub', raw(HEADER, without(CLAIMS, 'sub'))],
  ['an empty sub', login({ sub: '' })],
  ['a sub that is not text', login({ sub: 7 })],
  ['a sub in a list', login({ sub: ['user-1'] })],
  ['a sub that is too long', login({ sub: 'u'.repeat(127) })],
  ['a sub with a control character', login({ sub: 'user\u0000' })],
  ['a sub with a line break', login({ sub: 'user\n1' })],
  ['a sub with a lone surrogate', login({ sub: 'user\ud800' })],
  ['a sub that is a path', login({ sub: '../user-2' })],
  ['a claim twice', raw(HEADER, CLAIMS.replace('{', '{"sub":"user-2",'))],
  ['a claim twice, below', raw(HEADER, CLAIMS.replace('{', '{"x":{"y":1,"y":2},'))],
  ['a header member twice', raw('{"alg":"ES256","alg":"none"}', CLAIMS)],
  ['claims that are a list', raw(HEADER, `[${CLAIMS}]`)],
  ['claims that are null', raw(HEADER, 'null')],
  ['claims that are not JSON', raw(HEADER, CLAIMS.slice(1))],
  ['claims that are not UTF-8', raw(HEADER, Buffer.from([0x7b, 0xff, 0x7d]))],
  ['claims with a byte order mark', raw(HEADER, `\ufeff${CLAIMS}`)],
  ['no claims', raw(HEADER, '')],
  ['two parts', bearer(parts(login()).slice(0, 2).join('.'))],
  ['no signature', bearer(`${parts(login()).slice(0, 2).join('.')}.`)],
  ['four parts', `${login()}.x`],
  ['five parts', bearer([...parts(login()), 'x', 'y'].join('.'))],
  ['padding', `${login()}==`],
  ['a line break at the end', `${login()}\n`],
  ['a blank in the middle', login().replace('.', '. .')],
  ['huge', login({ filler: 'x'.repeat(9000) })],
  ['two headers, joined by a comma', `${login()}, ${login()}`],
  ['two headers, joined without a blank', `${login()},${login()}`],
  ['two tokens', `${login()} ${loginOf(key)}`],
]

describe('a trick', () => {
  it.each(tricks)('%s is login_invalid, and no address is asked', async (_, header) => {
    expect(await authenticate(header)).toEqual({ ok: false, refusal: { code: 'login_invalid' } })
    expect(fetched.filter((url) => url !== KEY_SET)).toEqual([])
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
