import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../support/app.ts'
import { type KeySetServer, startKeySetServer } from '../support/key-set-server.ts'
import {
  AUDIENCE,
  bearer,
  compactOf,
  createLoginKey,
  hmacBy,
  ISSUER,
  inlineIssuer,
  loginOf,
  type Members,
  signedBy,
} from '../support/logins.ts'
import { sendRaw } from '../support/wire.ts'

const key = createLoginKey('ES256')
const rsa = createLoginKey('RS256', 'rsa-1')
const foreign = createLoginKey('ES256')
const OTHER = 'https://other.example.com/'
const now = Math.floor(Date.now() / 1000)
const times = { iat: now, exp: now + 3600 }

const trap = await startKeySetServer([foreign])
const provider = await startKeySetServer([rsa])

let app: App
beforeAll(async () => {
  const issuers = [
    inlineIssuer(key, { userIdPrefix: 'a:', algorithms: ['ES256'] }),
    { issuer: OTHER, audience: AUDIENCE, jwksUri: `${provider.url}/keys`, algorithms: ['RS256'], userIdPrefix: 'b:' },
  ]
  app = await startApp({ env: { AUTH_ISSUERS: JSON.stringify(issuers) } })
})
afterAll(async () => {
  await Promise.all([app.stop(), trap.stop(), provider.stop()])
})

const login = (claims: Members = {}, header: Members = {}): string => loginOf(key, { ...times, ...claims }, header)
const CLAIMS = JSON.stringify({ iss: ISSUER, aud: AUDIENCE, sub: 'user-1', ...times })
const HEADER = JSON.stringify({ alg: 'ES256', kid: key.kid })
const text = (header: string, claims: string | Buffer): string => compactOf(header, claims, signedBy(key))
const joinWith = (authorization: string | readonly string[], of: App = app) =>
  sendRaw(of.api, { method: 'POST', path: '/v1/stages/demo/join', headers: { authorization } })

const headerTricks: readonly (readonly [string, string])[] = [
  ['alg none', `${text('{"alg":"none"}', CLAIMS).split('.').slice(0, 2).join('.')}.`],
  ['alg none, signed', text('{"alg":"none"}', CLAIMS)],
  ['alg nOnE', text('{"alg":"nOnE"}', CLAIMS)],
  ['no alg', text('{"kid":"key-1"}', CLAIMS)],
  ['alg in a list', text('{"alg":["ES256"],"kid":"key-1"}', CLAIMS)],
  ['HMAC with nothing', compactOf('{"alg":"HS256","kid":"key-1"}', CLAIMS, hmacBy(''))],
  ['HMAC with the public key', compactOf('{"alg":"HS256","kid":"key-1"}', CLAIMS, hmacBy(key.publicPem))],
  [
    'HMAC with the public key of a fetched set',
    compactOf('{"alg":"HS256","kid":"rsa-1"}', CLAIMS.replace(ISSUER, OTHER), hmacBy(rsa.publicPem)),
  ],
  ['PS256 with an RS256 key', loginOf({ ...rsa, alg: 'PS256' }, { ...times, iss: OTHER })],
  ["another issuer's key", loginOf(rsa, times)],
  ["another issuer's name", login({ iss: OTHER })],
  ['a key of nobody, under a known id', loginOf(foreign, times)],
  ['a kid that is a path', login({}, { kid: '../../../../dev/null' })],
  ['a kid that is an address', login({}, { kid: `${trap.url}/kid` })],
  ['a kid that is a query', login({}, { kid: "' OR 1=1 --" })],
  ['a kid that is a number', login({}, { kid: 1 })],
  ['a kid named like a member of every object', login({}, { kid: '__proto__' })],
  ['jku', loginOf(foreign, times, { jku: `${trap.url}/jku` })],
  ['jku, with a good signature', login({}, { jku: `${trap.url}/jku` })],
  ['x5u', loginOf(foreign, times, { x5u: `${trap.url}/x5u` })],
  ['jwk', loginOf(foreign, times, { jwk: foreign.jwk })],
  ['x5c', login({}, { x5c: ['MIIB'] })],
  ['crit', login({}, { crit: ['exp'] })],
  ['b64', login({}, { b64: false, crit: ['b64'] })],
  ['zip', login({}, { zip: 'DEF' })],
  ['a logout token', login({}, { typ: 'logout+jwt' })],
  ['a header member twice', text('{"alg":"ES256","alg":"none"}', CLAIMS)],
]

const claimTricks: readonly (readonly [string, string])[] = [
  ['an issuer that is an address', loginOf(foreign, { ...times, iss: trap.url })],
  ['an issuer but for its slash', login({ iss: ISSUER.slice(0, -1) })],
  ['an issuer in a list', login({ iss: [ISSUER] })],
  ['no issuer', login({ iss: undefined })],
  ['no aud', login({ aud: undefined })],
  ['a foreign aud', login({ aud: 'elsewhere' })],
  ['an empty aud', login({ aud: '' })],
  ['an empty list of auds', login({ aud: [] })],
  ['an aud that is a number', login({ aud: 7 })],
  ['an aud that is an object', login({ aud: { [AUDIENCE]: true } })],
  ['a list with ours and a number', login({ aud: [AUDIENCE, 7] })],
  ['no exp', login({ exp: undefined })],
  ['exp as text', login({ exp: String(now + 3600) })],
  ['exp with a fraction', login({ exp: now + 3600.5 })],
  ['a negative exp', login({ exp: -1 })],
  ['an infinite exp', text(HEADER, CLAIMS.replace(String(now + 3600), '1e999'))],
  ['nbf ahead', login({ nbf: now + 600 })],
  ['iat ahead', login({ iat: now + 600 })],
  ['no sub', login({ sub: undefined })],
  ['an empty sub', login({ sub: '' })],
  ['a sub that is a number', login({ sub: 7 })],
  ['a sub that is too long', login({ sub: 'u'.repeat(127) })],
  ['a sub with NUL', login({ sub: 'user\u0000' })],
  ['a sub with a line break', login({ sub: 'user\r\nX: 1' })],
  ['a sub with a lone surrogate', login({ sub: 'user\ud800' })],
  ['a sub that is a path', login({ sub: '../user-2' })],
  ['a claim twice', text(HEADER, CLAIMS.replace('{', '{"sub":"user-2",'))],
  ['claims that are a list', text(HEADER, `[${CLAIMS}]`)],
  ['claims that are not UTF-8', text(HEADER, Buffer.from([0x7b, 0xff, 0x7d]))],
]

const shapeTricks: readonly (readonly [string, string])[] = [
  ['one part', 'eyJhbGciOiJFUzI1NiJ9'],
  ['two parts', login().split('.').slice(0, 2).join('.')],
  ['no signature', `${login().split('.').slice(0, 2).join('.')}.`],
  ['four parts', `${login()}.x`],
  ['five parts', `${login()}.x.y`],
  ['padding', `${login()}==`],
  ['a blank within', login().replace('.', '. .')],
  ['two tokens', `${login()} ${login()}`],
  ['a list of tokens', `${login()}, ${login()}`],
  ['larger than any login', login({ filler: 'x'.repeat(6500) })],
]

const refused = (code: string, challenge: string) => ({
  status: 401,
  body: { status: 401, code, type: `urn:stagedoor:error:${code}`, retryable: false },
  challenge,
})
const seen = (reply: Awaited<ReturnType<typeof joinWith>>) => {
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  return { ...reply, challenge: reply.headers.get('www-authenticate') }
}
const INVALID = refused('login_invalid', 'Bearer realm="stagedoor", error="invalid_token"')
const REQUIRED = refused('login_required', 'Bearer realm="stagedoor"')
const EXPIRED = refused('login_expired', 'Bearer realm="stagedoor", error="invalid_token"')

describe('a login with a trick', () => {
  it.each([...headerTricks, ...claimTricks, ...shapeTricks])(
    '%s: is refused, and no address in it is asked',
    async (_, compact) => {
      expect(seen(await joinWith(bearer(compact)))).toMatchObject(INVALID)
      expect(trap.hits).toEqual([])
    },
  )

  it.each([
    ['both sound', [bearer(login()), bearer(login())]],
    ['the second forged', [bearer(login()), bearer(loginOf(foreign, times))]],
    ['the second empty', [bearer(login()), '']],
  ])('two Authorization headers, %s: are refused', async (_, lines) => {
    expect(seen(await joinWith(lines))).toMatchObject(INVALID)
  })

  it.each([
    ['none', []],
    ['empty', ['']],
    ['of another scheme', ['Basic dXNlcjpwYXNz']],
    ['a bare token', [login()]],
    ['a scheme alone', ['Bearer']],
  ])('an Authorization header, %s: asks for a login', async (_, lines) => {
    expect(seen(await joinWith(lines))).toMatchObject(REQUIRED)
  })

  it('expired: is told so, if it is right in everything else', async () => {
    expect(seen(await joinWith(bearer(login({ exp: now - 60 }))))).toMatchObject(EXPIRED)
    expect(seen(await joinWith(bearer(loginOf(foreign, { ...times, exp: now - 60 }))))).toMatchObject(INVALID)
    expect(seen(await joinWith(bearer(login({ exp: now - 60, aud: 'elsewhere' }))))).toMatchObject(INVALID)
  })

  it('larger than API Gateway takes: is refused by the gateway', async () => {
    expect(await joinWith(bearer(login({ filler: 'x'.repeat(9000) })))).toMatchObject({ status: 431 })
  })
})

describe('a sound login', () => {
  it.each([
    ['for us alone', login({ sub: 'one' }), 'a:one'],
    ['for several, us among them', login({ sub: 'two', aud: ['elsewhere', AUDIENCE] }), 'a:two'],
    ['of the second issuer', loginOf(rsa, { ...times, sub: 'three', iss: OTHER }), 'b:three'],
  ])('%s: joins as its user', async (_, compact, userId) => {
    expect(await joinWith(bearer(compact))).toMatchObject({ status: 201, body: { userId } })
  })
})

describe('every route behind a login', () => {
  it.each([
    ['POST', '/v1/stages/demo/join'],
    ['POST', '/v1/stages/demo/participants/abc/token'],
    ['DELETE', '/v1/stages/demo/participants/abc'],
    ['GET', '/v1/stages/demo'],
    ['POST', '/v1/stages'],
    ['GET', '/v1/stages'],
    ['PATCH', '/v1/stages/demo'],
    ['DELETE', '/v1/stages/demo'],
    ['POST', '/v1/stages/demo/reset'],
  ])('%s %s: asks for one, and refuses a forged one, before it looks at anything else', async (method, path) => {
    const send = (authorization: readonly string[]) =>
      sendRaw(app.api, { method, path, headers: { authorization, 'content-type': 'text/plain' }, body: '{' })
    expect(seen(await send([]))).toMatchObject(REQUIRED)
    expect(seen(await send([bearer(loginOf(foreign, times))]))).toMatchObject(INVALID)
    expect(trap.hits).toEqual([])
  })
})

describe('a key set that must be fetched', () => {
  let keys: KeySetServer
  let other: App
  beforeAll(async () => {
    keys = await startKeySetServer([rsa])
    const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${keys.url}/keys`, algorithms: ['RS256'] }]
    other = await startApp({ env: { AUTH_ISSUERS: JSON.stringify(issuers) } })
  })
  afterAll(async () => {
    await Promise.all([other.stop(), keys.stop()])
  })
  const advance = (seconds: number) => other.local('POST', '/clock', { advance: seconds })
  const own = (sub: string, header: Members = {}, life = 3600) =>
    joinWith(bearer(loginOf(rsa, { iat: now, exp: now + life, sub }, header)), other)

  it('and cannot be, with nothing cached, is 503; and no one waits for it longer than a cool-down', async () => {
    keys.become('broken')
    const down = await own('ada')
    expect(down).toMatchObject({ status: 503, body: { code: 'identity_provider_unavailable', retryable: true } })
    expect(Number(down.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(down.body).not.toHaveProperty('token')
    expect(await joinWith(bearer(login({ iss: 'https://else.example.com/' })), other)).toMatchObject({ status: 401 })
    keys.become('well')
    await advance(Number(down.headers.get('retry-after')))
    expect(await own('ada')).toMatchObject({ status: 201 })
  })

  it('is fetched at most once in a cool-down, however many keys are made up', async () => {
    const flood = (round: string) =>
      Promise.all(Array.from({ length: 40 }, (_, n) => own('ada', { kid: `${round}-${n}` })))
    for (const round of ['one', 'two', 'three']) {
      const before = keys.hits.length
      await advance(31)
      for (const reply of [...(await flood(round)), ...(await flood(`${round}-again`))]) {
        expect(seen(reply)).toMatchObject(INVALID)
      }
      expect(keys.hits.slice(before)).toEqual(['/keys'])
    }
  })

  it('goes on serving while the provider is down, for a day', async () => {
    keys.become('broken')
    await advance(3000)
    expect(await own('bob', {}, 7 * 86_400)).toMatchObject({ status: 201 })
    await advance(86_400)
    expect(await own('bob', {}, 7 * 86_400)).toMatchObject({
      status: 503,
      body: { code: 'identity_provider_unavailable' },
    })
    keys.become('well')
    await advance(60)
    expect(await own('bob', {}, 7 * 86_400)).toMatchObject({ status: 201 })
  })
})
