import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../local/aws/ledger.ts'
import { type App, type Reply, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { functionOf, workers } from '../support/deployed-functions.ts'
import { flows } from '../support/flows.ts'
import { leaksIn, type Said } from '../support/leak-search.ts'
import { createLoginKey, inlineIssuer, loginOf, type Members, marker } from '../support/logins.ts'
import { aReplacedTokenIsUsed, aStageIsFollowed, peopleAreModerated, someoneIsKicked } from '../support/stage-life.ts'
import { arm, disarm } from '../support/trouble.ts'
import { until } from '../support/until.ts'

const key = createLoginKey('ES256')
const data = mkdtempSync(join(tmpdir(), 'stagedoor-'))
/** In every login, and nobody else's business. */
const personal: Members = { name: marker('name'), email: `${marker('e-mail')}@example.com`, plan: marker('plan') }
const ATTRIBUTE = marker('attribute')
const REASON = marker('reason')
const HALF_A_DAY = 43_200
const SIX_HOURS = 21_600

let app: App
let admin: User
const logins: string[] = []
const tokens = new Set<string>()
const answers: { readonly route: string; readonly reply: Reply }[] = []

beforeAll(async () => {
  const claims = { rolesClaim: 'roles', stagesClaim: 'stages', adminRoles: ['admin'] }
  const issuer = inlineIssuer(key, { ...claims, attributeClaims: { plan: 'plan' } })
  app = await startApp({
    env: { AUTH_ISSUERS: JSON.stringify([issuer]), LOG_LEVEL: 'DEBUG' },
    ...{ data, assume: { readLagMs: 0 } },
    login(request) {
      const iat = Math.floor(Date.now() / 1000)
      const login = loginOf(key, { iat, exp: iat + HALF_A_DAY, ...personal, ...request })
      logins.push(login)
      return login
    },
  })
  admin = await app.admin()
}, 60_000)
afterAll(async () => {
  await app.stop()
  rmSync(data, { recursive: true, force: true })
})

const kept = (route: string, reply: Reply): Reply => {
  answers.push({ route, reply })
  if (typeof reply.body?.token === 'string') tokens.add(reply.body.token)
  return reply
}

/** Somebody with an attribute of their own publishes, exchanges, is demoted, kicked and banned, for reasons of the host’s. */
async function aLife(): Promise<void> {
  const stage = await app.stage({ defaultRole: 'speaker' })
  const [host, ada] = [await app.user('hana', { stages: { '*': 'host' } }), await app.user('dora')]
  const at = (rest: string) => `/v1/stages/${stage}/${rest}`
  const attributes = { displayName: ATTRIBUTE }
  const { participantId, token } = kept('join', await ada.join(stage, { attributes })).body
  await app.enter(token)
  await app.local('POST', '/stage/publish', { participantId })
  await until(async () => (await ada.call('GET', at('participants'))).body.items.length === 1)
  kept('role', await host.call('PUT', at('members/dora'), { role: 'viewer', deadlineSeconds: 5 }))
  const fresh = kept('token', await ada.call('POST', at(`participants/${participantId}/token`), { attributes })).body
  await app.local('POST', '/stage/exchange', { participantId, token: fresh.token })
  kept('kick', await host.call('POST', at('members/dora/kick'), { reason: REASON, cooldownSeconds: 60 }))
  kept('ban', await host.call('PUT', at('bans/dora'), { reason: REASON }))
  kept('refused', await ada.join(stage, { attributes }))
  kept('explain', await host.call('GET', at('explain?userId=dora')))
  const claims = { ...JSON.parse(Buffer.from(String(ada.login.split('.')[1]), 'base64url').toString()), ...personal }
  kept('explain', await admin.call('POST', at('explain'), { claims }))
  kept('explain', await admin.call('POST', at('explain'), { claims: { iss: marker('iss'), sub: [marker('sub')] } }))
  kept('nonsense', await host.call('PUT', at('members/dora'), { role: marker('role') }))
  kept('nonsense', await host.call('PUT', at(`bans/${marker('user')}%2F`), { until: marker('until') }))
  kept('nonsense', await host.call('GET', at(`audit?from=${marker('from')}&cursor=${marker('cursor')}`)))
  kept('nonsense', await admin.call('GET', at(`sessions/${marker('session')}%20/events?cursor=${marker('cursor')}`)))
  const sessions = kept('sessions', await admin.call('GET', at('sessions')))
  kept('history', await admin.call('GET', at(`sessions/${sessions.body.items[0].sessionId}/events`)))
}

async function everyFlowAndWorker(): Promise<void> {
  for (const target of [undefined, 'sqs', 'eventbridge']) {
    for (const { route, prepare } of flows) {
      const send = await prepare(app)
      if (target !== undefined) await arm(app, { target, mode: 'error', function: functionOf(route) })
      kept(route, await send())
      await disarm(app)
    }
  }
  const [host, mo] = [await app.user('holly', { roles: ['host'] }), await app.user('mo', { roles: ['moderator'] })]
  for (const target of ['dynamodb', 'ivs', 'sqs', 'eventbridge']) {
    for (const worker of workers) await arm(app, { target, mode: 'error', function: worker, rate: 0.2, count: 6 })
  }
  await aLife()
  await disarm(app)
  await aStageIsFollowed(app, admin, host)
  await aReplacedTokenIsUsed(app)
  await peopleAreModerated(app, mo, await app.user('ada'))
  await app.advance(2)
  await someoneIsKicked(app, mo)
  await app.advance(SIX_HOURS)
  await until(async () => (await idle()).length === 0)
}

/** Functions that made no call yet. */
async function idle(): Promise<readonly string[]> {
  const { entries } = await app.local<{ entries: LedgerEntry[] }>('GET', '/ledger')
  const all = new Set([...flows.map(({ route }) => functionOf(route)), ...workers])
  return [...all].filter((name) => !entries.some((call) => call.function === name))
}

type Item = Readonly<Record<string, AttributeValue>>
/** Without what a caller set, in the two places where it may be, and a reason, in its two. */
function withoutWhatMayBe(item: Item): unknown {
  const shown = structuredClone(item) as Record<string, AttributeValue & { M?: Record<string, AttributeValue> }>
  for (const [name, value] of Object.entries(shown)) if (name.startsWith('p#') && value.M) delete value.M.a
  for (const person of shown.people?.L ?? []) if (person.M?.w?.M) delete person.M.w.M.a
  if (shown.ban?.M) delete shown.ban.M.reason
  if (String(item.pk?.S).startsWith('audit#')) delete shown.reason
  return shown
}

async function items(): Promise<readonly Item[]> {
  const { dynamodb } = adminClients(app.info)
  const found: Item[] = []
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined
  do {
    const page = await dynamodb.send(new ScanCommand({ TableName: String(app.info.table), ExclusiveStartKey }))
    found.push(...(page.Items ?? []))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey !== undefined)
  dynamodb.destroy()
  return found
}

const MAY_SAY: Readonly<Record<string, readonly string[]>> = { token: ['join', 'token'], reason: ['ban'] }
function answered(): Said[] {
  return answers.map(({ route, reply }) => {
    const { token, attributes, reason, ...body } = reply.body ?? {}
    const tokenMayBe =
      reply.status < 300 && (route.endsWith('/join') || route.endsWith('/token') || MAY_SAY.token?.includes(route))
    const reasonMayBe = reply.status < 300 && MAY_SAY.reason?.includes(route)
    const rest = { ...(!tokenMayBe && { token, attributes }), ...(!reasonMayBe && { reason }), ...body }
    const errors = (body.errors ?? []).map(({ pointer: _, ...error }: { pointer: string }) => error)
    return { where: `an answer of ${route} (${reply.status})`, text: JSON.stringify({ ...rest, errors }) }
  })
}

async function everythingSaid(): Promise<Said[]> {
  const stored = await items()
  const local = async (path: string) => JSON.stringify(await app.local('GET', path))
  return [
    ...app.logs.map((line) => ({ where: `a line of ${line.split(':')[0]}`, text: line })),
    ...answered(),
    { where: 'items', text: JSON.stringify(stored.map(withoutWhatMayBe)) },
    { where: 'domain events', text: await local('/events?since=0&bus=stagedoor-local') },
    { where: 'queues', text: readFileSync(join(data, 'queues.json'), 'utf8') },
    { where: 'ledger', text: await local('/ledger') },
  ]
}

const secrets = (): Record<string, string> => ({
  'a marker': 'MARKER',
  'the head of a token': 'eyJhbGci',
  ...Object.fromEntries([...tokens, ...logins].map((token, n) => [`signature ${n}`, String(token.split('.')[2])])),
})

describe('what is nobody else’s business', () => {
  it('is in no log, answer, item, queue, ledger or domain event, whatever happens on a stage', async () => {
    await everyFlowAndWorker()
    expect(tokens.size).toBeGreaterThan(10)
    expect([...new Set(leaksIn(await everythingSaid(), secrets()))]).toEqual([])
  }, 180_000)

  it('was there: with the participant, on the roster, in the ban and in the audit', async () => {
    const stored = (await items()).map((item) => JSON.stringify(item))
    const having = (what: string) =>
      new Set(stored.filter((item) => item.includes(what)).map((item) => /"pk":\{"S":"(\w+)#/.exec(item)?.[1]))
    expect([...having(ATTRIBUTE)].sort()).toEqual(['roster', 'user'])
    expect([...having(REASON)].sort()).toEqual(['audit', 'user'])
  })

  it('would be found in any of it', async () => {
    for (const { where, text } of await everythingSaid()) {
      expect(leaksIn([{ where, text: `${text} ${REASON}` }], secrets())).toEqual([`${where}: a marker`])
    }
  })
})
