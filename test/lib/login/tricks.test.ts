import { describe, expect, it } from 'vitest'
import {
  AUDIENCE,
  bearer,
  claimsWith,
  compactOf,
  hmacBy,
  ISSUER,
  loginOf,
  type Members,
  NOW,
  signedBy,
} from '../../support/logins.ts'
import { createTwoIssuers, foreign, KEY_SET, key, login, OTHER, rsa } from '../../support/two-issuers.ts'

const raw = (header: string, claims: string | Buffer): string => bearer(compactOf(header, claims, signedBy(key)))
const HEADER = JSON.stringify({ alg: 'ES256', kid: key.kid })
const CLAIMS = JSON.stringify(claimsWith())
const without = (text: string, name: string): string => {
  const { [name]: _, ...rest } = JSON.parse(text) as Members
  return JSON.stringify(rest)
}
const parts = (header: string): string[] => header.slice('Bearer '.length).split('.')

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
    const { authenticate, fetched } = createTwoIssuers()
    expect(await authenticate(header)).toEqual({ ok: false, refusal: { code: 'login_invalid' } })
    expect(fetched.filter((url) => url !== KEY_SET)).toEqual([])
  })
})
