import { randomBytes } from 'node:crypto'
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IssuerConfig } from '../../lib/config/config.ts'
import { OPERATIONS } from '../../lib/http/contract.ts'
import { encodeCursor } from '../../lib/http/cursor.ts'
import { type App, startApp } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { compactOf, createLoginKey, hmacBy, inlineIssuer, type Members, signedBy } from '../support/logins.ts'
import { expectProblem } from '../support/problem.ts'

const STAFF = 'https://staff.example.com/'
const GUESTS = 'https://guests.example.com/'
const HMAC_SECRET_ID = 'stagedoor/local/guests'
const ORIGIN = 'https://app.example.com'
const staffKey = createLoginKey('ES384', 'staff-1')
const secret = randomBytes(32).toString('hex')

const issuers: readonly IssuerConfig[] = [
  inlineIssuer(staffKey, {
    issuer: STAFF,
    audience: 'stagedoor',
    userIdPrefix: 'staff:',
    userIdClaim: 'email',
    rolesClaim: ['realm_access', 'roles'],
    roleMap: { 'stage-hosts': 'host', 'stage-crew': 'moderator' },
    adminRoles: ['stage-admins'],
  }),
  {
    issuer: GUESTS,
    audience: 'guest-app',
    audienceClaim: 'client_id',
    requiredClaims: { token_use: 'access' },
    algorithms: ['HS256'],
    hmacSecretId: HMAC_SECRET_ID,
    userIdPrefix: 'guest:',
    rolesClaim: 'groups',
    adminRoles: ['managers'],
    stagesClaim: 'stages',
    maxRole: 'speaker',
    stageIdPrefix: 'guest-',
    attributeClaims: { plan: ['billing', 'plan'] },
  },
]

let app: App
beforeAll(async () => {
  app = await startApp({ env: { AUTH_ISSUERS: JSON.stringify(issuers), ALLOWED_ORIGINS: ORIGIN } })
  const { secrets } = adminClients(app.info)
  await secrets.send(new CreateSecretCommand({ Name: HMAC_SECRET_ID, SecretString: secret }))
  secrets.destroy()
  const admin = staff({ email: 'root', realm_access: { roles: ['stage-admins'] } })
  for (const stageId of ['guest-lounge', 'board-room']) {
    expect((await as(admin, 'POST', '/v1/stages', { stageId, access: 'open' })).status).toBe(201)
  }
})
afterAll(() => app.stop())

const seconds = () => Math.floor(Date.now() / 1000)
const loginOf = (alg: string, kid: string | undefined, claims: Members, sign: Parameters<typeof compactOf>[2]) =>
  compactOf(JSON.stringify({ alg, kid, typ: 'JWT' }), JSON.stringify({ exp: seconds() + 600, ...claims }), sign)
const staff = (claims: Members) =>
  loginOf('ES384', 'staff-1', { iss: STAFF, aud: 'stagedoor', email: 'ada', ...claims }, signedBy(staffKey))
const guest = (claims: Members = {}, key: string = secret) =>
  loginOf(
    'HS256',
    undefined,
    { iss: GUESTS, client_id: 'guest-app', token_use: 'access', sub: 'gus', ...claims },
    hmacBy(key),
  )
const as = (login: string, method: string, path: string, body?: unknown) =>
  app.request(method, path, { body, headers: { authorization: `Bearer ${login}` } })
const join = (login: string, stageId: string) => as(login, 'POST', `/v1/stages/${stageId}/join`)

describe('two issuers', () => {
  it('name their users apart, each as its entry says', async () => {
    const hers = await join(staff({ email: 'sam' }), 'guest-lounge')
    const his = await join(guest({ sub: 'sam' }), 'guest-lounge')
    expect(hers.body).toMatchObject({ userId: 'staff:sam', attributes: { role: 'viewer' } })
    expect(his.body).toMatchObject({ userId: 'guest:sam' })
    const path = `/v1/stages/guest-lounge/participants/${hers.body.participantId}/token`
    expectProblem(await as(guest({ sub: 'sam' }), 'POST', path), 404, 'participant_not_found')
  })

  it('map groups of their own to roles', async () => {
    const host = await join(staff({ realm_access: { roles: ['stage-crew', 'stage-hosts'] } }), 'guest-lounge')
    expect(host.body).toMatchObject({ role: 'host' })
    const unmapped = await join(staff({ email: 'bea', realm_access: { roles: ['host'] } }), 'guest-lounge')
    expect(unmapped.body).toMatchObject({ role: 'viewer' })
  })

  it('grant roles on stages only where the entry names the claim', async () => {
    const granted = await join(guest({ sub: 'gil', stages: { 'guest-lounge': 'speaker' } }), 'guest-lounge')
    expect(granted.body).toMatchObject({ role: 'speaker' })
    const ignored = await join(staff({ email: 'cy', stages: { '*': 'host' } }), 'guest-lounge')
    expect(ignored.body).toMatchObject({ role: 'viewer' })
  })

  it('give no role above maxRole', async () => {
    const capped = await join(guest({ sub: 'gia', stages: { '*': 'host' } }), 'guest-lounge')
    expect(capped.body).toMatchObject({ role: 'speaker' })
  })

  it('put claims into attributes that no caller can set', async () => {
    const login = guest({ sub: 'pam', billing: { plan: 'gold' } })
    expect((await join(login, 'guest-lounge')).body.attributes).toEqual({ plan: 'gold', role: 'viewer' })
    const path = '/v1/stages/guest-lounge/join'
    const refused = await as(login, 'POST', path, { attributes: { plan: 'platinum' } })
    expectProblem(refused, 400, 'invalid_request', {
      errors: [expect.objectContaining({ pointer: '/attributes/plan', code: 'attribute_not_settable' })],
    })
  })
})

describe('a stage outside the issuer’s prefix', () => {
  const onStages = OPERATIONS.filter(({ path, id }) => path.includes('{stageId}') && id !== 'deleteStage')
  const QUERIES: Readonly<Record<string, string>> = { explainUser: '?userId=x' }
  const BODIES: Readonly<Record<string, object>> = {
    patchStage: {},
    assignRole: { role: 'viewer' },
    explainClaims: { claims: {} },
  }

  it.each(onStages.map(({ method, path, id }) => [method, path, id]))(
    'is not there: %s %s',
    async (method, path, id) => {
      const manager = guest({ sub: 'max', groups: ['managers'] })
      const there = path.replace('{stageId}', 'board-room').replaceAll(/\{\w+\}/g, 'x')
      expectProblem(await as(manager, method, `${there}${QUERIES[id] ?? ''}`, BODIES[id]), 404, 'stage_not_found')
    },
  )

  it('is neither listed nor created nor deleted', async () => {
    const manager = guest({ sub: 'max', groups: ['managers'] })
    const listed = await as(manager, 'GET', '/v1/stages')
    expect(listed.body.items.map((item: { stageId: string }) => item.stageId)).toEqual(['guest-lounge'])
    const beyond = await as(manager, 'GET', `/v1/stages?cursor=${encodeCursor('board-room')}`)
    expectProblem(beyond, 400, 'invalid_cursor', { errors: [expect.objectContaining({ pointer: '#query/cursor' })] })
    expectProblem(await as(manager, 'POST', '/v1/stages', { stageId: 'other-room' }), 404, 'stage_not_found')
    expect((await as(manager, 'DELETE', '/v1/stages/board-room')).status).toBe(204)
    expect((await join(staff({ email: 'dan' }), 'board-room')).status, 'it is still there').toBe(201)
    const made = await as(manager, 'POST', '/v1/stages')
    expect(made.body.stageId).toMatch(/^guest-/)
  })
})

describe('a login', () => {
  it.each([
    ['signed with another secret', () => guest({}, randomBytes(32).toString('hex'))],
    ['without a required claim', () => guest({ token_use: 'id' })],
    ['for another app', () => guest({ client_id: 'another-app' })],
    [
      'of one issuer, signed with the other’s key',
      () =>
        loginOf(
          'ES384',
          'staff-1',
          { iss: GUESTS, client_id: 'guest-app', token_use: 'access', sub: 'x' },
          signedBy(staffKey),
        ),
    ],
    ['of nobody we know', () => guest({ iss: 'https://unknown.example.com/' })],
    ['whose user id is none', () => guest({ sub: 'a/b' })],
    ['that is of the local issuer, which was replaced', async () => (await app.user('ada')).login],
  ])('%s is refused', async (_, login) => {
    expectProblem(await join(await login(), 'guest-lounge'), 401, 'login_invalid')
  })
})

describe('the gateway', () => {
  it('answers a preflight itself, for the configured origin only', async () => {
    const preflight = (origin: string) =>
      app.request('OPTIONS', '/v1/stages/guest-lounge/join', {
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    const { status, headers } = await preflight(ORIGIN)
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(headers.get('access-control-allow-methods')).toContain('POST')
    const allowed = headers.get('access-control-allow-headers')?.split(',').sort()
    expect(allowed).toEqual(['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'])
    const refused = await preflight('https://evil.example.com')
    expect(refused.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('exposes what clients need of an answer', async () => {
    const { headers } = await app.request('GET', '/v1/health', { headers: { origin: ORIGIN } })
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
    const exposed = headers.get('access-control-expose-headers')?.toLowerCase().split(',').sort()
    expect(exposed).toEqual(['etag', 'idempotency-replayed', 'retry-after', 'x-request-id'])
  })

  it.each([
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/stages'],
    ['GET', '/'],
    ['GET', '/v1/stages/guest-lounge/join'],
  ])('knows no %s %s', async (method, path) => {
    const answer = await app.request(method, path)
    expect([answer.status, answer.body]).toEqual([404, { message: 'Not Found' }])
    expect(answer.headers.get('content-type')).toBe('application/json')
  })
})

describe('for everyone, without a login', () => {
  it('GET /v1/health', async () => {
    const { status, body, headers } = await app.request('GET', '/v1/health')
    expect([status, body]).toEqual([200, { status: 'ok', version: expect.any(String), features: [] }])
    expect(headers.get('x-request-id')).toBeTruthy()
  })

  it('GET /v1/openapi.json, with every route', async () => {
    const { status, body } = await app.request('GET', '/v1/openapi.json')
    expect([status, body.openapi]).toEqual([200, expect.stringMatching(/^3\.1/)])
    expect(Object.keys(body.paths)).toContain('/v1/stages/{stageId}/join')
  })
})
