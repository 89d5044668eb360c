import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AttributeValue, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Reply, startApp } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { flows } from '../support/flows.ts'
import { leaksIn, type Said } from '../support/leak-search.ts'
import { bearer, createLoginKey, inlineIssuer, loginOf, type Members, marker } from '../support/logins.ts'
import { arm, disarm } from '../support/trouble.ts'
import { until } from '../support/until.ts'

const key = createLoginKey('ES256')
const foreign = createLoginKey('ES256')
const now = Math.floor(Date.now() / 1000)
const data = mkdtempSync(join(tmpdir(), 'stagedoor-'))

/** In every login: what an identity provider says of a person, beyond who they are and what they may do. */
const personal: Members = {
  name: marker('name'),
  email: `${marker('e-mail')}@example.com`,
  phone_number: marker('phone'),
  address: { street: marker('street') },
  plan: marker('plan'),
  jti: marker('jti'),
  nonce: [marker('nonce')],
}
const mint = ({ sub, roles = [], stages = {}, ...claims }: Members, header: Members = {}): string =>
  loginOf(
    key,
    {
      ...{ iat: now, exp: now + 3600, sub, ...personal },
      roles: [...(roles as string[]), marker('group')],
      stages: { ...(stages as object), [marker('stage').toLowerCase()]: marker('stage role') },
      ...claims,
    },
    header,
  )

const KEY = marker('idempotency key')
const ATTRIBUTE = marker('attribute')
const noisy = {
  'idempotency-key': KEY,
  'user-agent': marker('user agent'),
  cookie: `session=${marker('cookie')}`,
  'x-forwarded-user': marker('header'),
}

let app: App
let clients: ReturnType<typeof adminClients>
const replies: Reply[] = []
const tokens = new Set<string>()

const kept = (reply: Reply): Reply => {
  replies.push(reply)
  if (typeof reply.body?.token === 'string') tokens.add(reply.body.token)
  return reply
}
const call = async (
  authorization: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> => kept(await app.request(method, path, { body, headers: { authorization, ...noisy, ...headers } }))
const joinAs = (sub: string, body: unknown = {}, stage = 'demo', claims: Members = {}): Promise<Reply> => {
  const login = mint({ sub, ...claims })
  tokens.add(login)
  return call(bearer(login), 'POST', `/v1/stages/${stage}/join`, body)
}

beforeAll(async () => {
  const issuer = inlineIssuer(key, {
    rolesClaim: 'roles',
    stagesClaim: 'stages',
    adminRoles: ['admin'],
    attributeClaims: { plan: 'plan' },
  })
  const env = { AUTH_ISSUERS: JSON.stringify([issuer]), LOG_LEVEL: 'DEBUG', DOMAIN_EVENTS: '{"granted":true}' }
  app = await startApp({ env, data, login: ({ sub, ...claims }) => mint({ sub, ...claims }) })
  clients = adminClients(app.info)
}, 60_000)
afterAll(async () => {
  await app.stop()
  rmSync(data, { recursive: true, force: true })
})

async function itemsOfTable(): Promise<Record<string, AttributeValue>[]> {
  const { Items = [], LastEvaluatedKey } = await clients.dynamodb.send(
    new ScanCommand({ TableName: String(app.info.table) }),
  )
  expect(LastEvaluatedKey).toBeUndefined()
  return Items
}

/** What the callers themselves set, in the two places it may be: a participant's `a`, and their `a` on the roster. */
const withoutAttributes = (item: Readonly<Record<string, AttributeValue>>) =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (name === 'people' && value.L !== undefined) return [name, { L: value.L.map(withoutMinted) }]
      if (!name.startsWith('p#') || value.M === undefined) return [name, value]
      return [name, withoutA(value)]
    }),
  )

function withoutA({ M: { a: _, ...rest } = {} }: AttributeValue): AttributeValue {
  return { M: rest }
}

const withoutMinted = ({ M: { w, ...person } = {} }: AttributeValue): AttributeValue => ({
  M: { ...person, ...(w !== undefined && { w: withoutA(w) }) },
})

async function everythingSaid(): Promise<Said[]> {
  const items = await itemsOfTable()
  const local = async (path: string) => JSON.stringify(await app.local('GET', path))
  return [
    ...app.logs.map((line) => ({ where: `a line of ${line.split(':')[0]}`, text: line })),
    ...replies
      .filter(({ status }) => status >= 400)
      .map(({ status, body, headers }) => ({
        where: `a problem (${status} ${body?.code})`,
        text: JSON.stringify([body, [...headers]]),
      })),
    ...replies.map(({ status, headers }) => ({ where: `headers (${status})`, text: JSON.stringify([...headers]) })),
    { where: 'items', text: JSON.stringify(items.map(withoutAttributes)) },
    { where: 'queues', text: readFileSync(join(data, 'queues.json'), 'utf8') },
    { where: 'buses', text: await local('/events') },
    { where: 'ledger', text: await local('/ledger') },
    { where: 'statements', text: await local('/statements') },
  ]
}

async function secretsToFind(): Promise<Record<string, string>> {
  const { SecretString = '' } = await clients.secrets.send(
    new GetSecretValueCommand({ SecretId: 'stagedoor/local/signing' }),
  )
  const { keys } = JSON.parse(SecretString) as { keys: { privateKeyPem: string }[] }
  const pemLines = keys.flatMap(({ privateKeyPem }) => privateKeyPem.split('\n').filter((line) => /^[^-]/.test(line)))
  expect(pemLines.length).toBeGreaterThan(0)
  expect(tokens.size).toBeGreaterThan(20)
  return {
    'a marker': 'MARKER',
    'a marker in lower case': 'marker',
    'a private key': 'PRIVATE KEY',
    ...Object.fromEntries(pemLines.map((line, n) => [`line ${n} of a private key`, line])),
    'the head of a token': 'eyJhbGci',
    ...Object.fromEntries([...tokens].map((token, n) => [`the signature of token ${n}`, String(token.split('.')[2])])),
  }
}

/** Whatever the API can be made to do, with markers in everything that is nobody else's business. */
async function workload(): Promise<void> {
  for (const { prepare } of flows) kept(await (await prepare(app))())
  for (const fault of [{ target: 'dynamodb', skip: 1 }, { target: 'ivs' }]) {
    for (const { prepare } of flows) {
      const send = await prepare(app)
      await arm(app, { mode: 'error', ...fault })
      kept(await send())
      await disarm(app)
    }
  }
}

/** Somebody is seen on a stage, with all that is theirs: what follows is told on the bus. */
async function seenOnStage(): Promise<void> {
  const { participantId, token } = (
    await joinAs('mia', { attributes: { displayName: ATTRIBUTE } }, 'demo', { stages: { '*': 'host' } })
  ).body
  await app.enter(token)
  await app.local('POST', '/stage/publish', { participantId })
  await until(async () => JSON.stringify(await app.local('GET', '/events')).includes('participant.granted'))
}

async function joins(): Promise<void> {
  const attributes = { displayName: ATTRIBUTE }
  expect(await joinAs('ada', { attributes })).toMatchObject({
    status: 201,
    body: { attributes: { plan: personal.plan } },
  })
  expect(await joinAs('ada', { attributes })).toMatchObject({ status: 200 })
  expect(await joinAs('ada', { attributes: { displayName: marker('other') } })).toMatchObject({ status: 409 })
  const refusals = [
    [{ role: marker('role') }, 403],
    [{ capabilities: [marker('capability')] }, 400],
    [{ attributes: { [marker('attribute name')]: 'x', displayName: 7 } }, 400],
    [{ attributes: { displayName: marker('large').repeat(80) } }, 400],
    [{ slot: marker('slot') }, 400],
    [`{"role":"${marker('broken')}`, 400],
    [JSON.stringify({ displayName: marker('huge').repeat(1200) }), 413],
  ] as const
  for (const [body, status] of refusals) {
    const reply = await joinAs('bob', body)
    expect(reply.status).toBe(status)
    // Which field is wrong is pointed at by the name its sender gave it: that alone goes back, and to no one else.
    replies.pop()
    replies.push({ ...reply, body: { ...reply.body, errors: (reply.body.errors ?? []).map(withoutPointer) } })
  }
}
const withoutPointer = ({ pointer: _, ...error }: { pointer: string }) => error

async function refusedLogins(): Promise<void> {
  const logins = [
    mint({ sub: `${marker('bad sub')}\n` }),
    mint({ sub: marker('expired sub'), exp: now - 60 }),
    mint({ sub: marker('future sub'), nbf: now + 600 }),
    mint({ sub: marker('foreign sub'), aud: marker('aud') }),
    mint({ sub: marker('other sub'), iss: `https://${marker('iss')}.example.com/` }),
    mint({ sub: 'x', roles: [7, marker('bad group')] }),
    mint({ sub: 'x' }, { kid: marker('kid') }),
    mint({ sub: 'x' }, { alg: marker('alg') }),
    mint({ sub: 'x' }, { jku: `http://${marker('jku')}.example.com` }),
    loginOf(foreign, { sub: marker('forged sub'), iat: now, exp: now + 60 }),
    `${mint({ sub: 'x' })}.${marker('fourth')}`,
    marker('no token'),
  ]
  for (const login of logins)
    expect(await call(bearer(login), 'POST', '/v1/stages/demo/join')).toMatchObject({ status: 401 })
  await call(`Basic ${marker('basic')}`, 'POST', '/v1/stages/demo/join')
}

async function oddRequests(): Promise<void> {
  const admin = bearer(mint({ sub: 'admin', roles: ['admin'] }))
  const stage = await app.stage()
  const odd: readonly (readonly [string, string, unknown?, Readonly<Record<string, string>>?])[] = [
    ['GET', `/v1/stages/${marker('path')}`],
    ['GET', `/v1/stages?cursor=${marker('cursor')}`],
    ['GET', `/v1/stages?limit=${marker('limit')}`],
    ['DELETE', `/v1/stages/${stage}/participants/${marker('participant')}_?userId=${marker('user')}%2F`],
    ['POST', `/v1/stages/${stage}/participants/${marker('participant')}_/token`],
    ['PATCH', `/v1/stages/${stage}`, { endsAt: marker('ends at') }],
    ['PATCH', `/v1/stages/${stage}`, { name: 'x' }, { 'if-match': `"${marker('tag')}"` }],
    ['POST', '/v1/stages', { stageArn: `arn:aws:ivs:us-east-1:123456789012:stage/${marker('arn')}` }],
    ['POST', '/v1/stages', { access: marker('access') }],
    ['POST', '/v1/stages', 'x', { 'content-type': marker('type') }],
    ['GET', `/${marker('nowhere')}`],
  ]
  for (const [method, path, body, headers] of odd)
    expect((await call(admin, method, path, body, headers)).status).toBeGreaterThanOrEqual(400)
}

/** A record that nothing of ours wrote: whatever the code makes of it, it must not quote it. */
async function brokenRecord(): Promise<void> {
  const stage = await app.stage()
  const [item] = (await itemsOfTable()).filter(({ pk, sk }) => pk?.S === `stage#${stage}` && sk?.S === 'stage')
  const broken = { ...item, settings: { S: marker('settings') }, uid: { M: { x: { S: marker('uid') } } } }
  await clients.dynamodb.send(new PutItemCommand({ TableName: String(app.info.table), Item: broken }))
  const reply = await joinAs('cleo', {}, stage)
  expect(reply).toMatchObject({ status: 500, body: { code: 'internal' } })
  await clients.dynamodb.send(new PutItemCommand({ TableName: String(app.info.table), Item: item }))
}

/** Someone is put out while IVS does not answer: what must be done stays in the queue, to be looked at. */
async function queuedDisconnects(): Promise<void> {
  const stage = await app.stage({ sessionPolicy: { mode: 'replace' } })
  const user = await app.user('dora', { stages: { '*': 'host' } })
  const again = async () => kept(await user.join(stage, { attributes: { displayName: ATTRIBUTE } }))
  await arm(app, { target: 'sqs', operation: 'SendMessage', mode: 'error' })
  await again()
  await again()
  await disarm(app)
  await arm(app, { target: 'ivs', operation: 'DisconnectParticipant', mode: 'error' })
  await again()
  await until(() => readFileSync(join(data, 'queues.json'), 'utf8').includes('replaced'))
}

describe('what is nobody else’s business', () => {
  it('is in no log, problem, queue, event, ledger or item, whatever the API is made to do', async () => {
    await workload()
    await joins()
    await seenOnStage()
    await refusedLogins()
    await oddRequests()
    await brokenRecord()
    await queuedDisconnects()
    expect(new Set(replies.map(({ status }) => status))).toEqual(
      new Set([200, 201, 204, 400, 401, 403, 404, 409, 412, 413, 415, 500, 502, 503]),
    )
    expect(app.logs.length).toBeGreaterThan(100)
    expect([...new Set(leaksIn(await everythingSaid(), await secretsToFind()))]).toEqual([])
  }, 60_000)

  it('would be found wherever it was', async () => {
    const [secrets, said] = [await secretsToFind(), await everythingSaid()]
    const leaked = [marker('planted'), ...[...tokens].slice(0, 2), Object.values(secrets)[3] ?? '']
    for (const { where, text } of said) {
      for (const secret of leaked) {
        for (const form of [
          secret,
          Buffer.from(`id:${secret}`).toString('base64url'),
          Buffer.from(secret).toString('hex'),
        ])
          expect(leaksIn([{ where, text: `${text} ${form}` }], secrets), form).not.toEqual([])
      }
    }
    app.logs.push(`join: ${KEY}`)
    expect(leaksIn(await everythingSaid(), secrets)).toEqual(['a line of join: a marker'])
    app.logs.pop()
  })

  it('was there: in the tokens, and as attributes in their two places', async () => {
    const all = JSON.stringify(await itemsOfTable())
    expect(all).toContain(ATTRIBUTE)
    const found = new Set(all.match(/MARKER[0-9a-f]{12}/g))
    expect([...found]).toEqual([ATTRIBUTE])
    const participant = [...tokens].map((token) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(participant.some((claims) => claims.includes('"resource"') && claims.includes(String(personal.plan)))).toBe(
      true,
    )
  })
})
