import { CreateStageCommand } from '@aws-sdk/client-ivs-realtime'
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LedgerEntry } from '../../local/aws/ledger.ts'
import type { StatementUse } from '../../local/aws/statement-use.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { compactOf, hmacBy } from '../support/logins.ts'
import {
  aReplacedTokenIsUsed,
  aStageIsFollowed,
  peopleAreModerated,
  someoneIsKicked,
  stagesEnd,
} from '../support/stage-life.ts'
import { standingIn } from '../support/standing.ts'
import { until } from '../support/until.ts'

const SEVEN_DAYS = 7 * 86_400
const LEASE_SECONDS = 300
const SIX_HOURS = 6 * 3600
const HMAC = { issuer: 'https://partner.example.com/', secretId: 'stagedoor/local/partner', secret: 'k'.repeat(32) }
const hmacIssuer = {
  issuer: HMAC.issuer,
  audience: 'stagedoor',
  algorithms: ['HS256'],
  hmacSecretId: HMAC.secretId,
  rolesClaim: 'roles',
  adminRoles: ['admin'],
}

/** Signs with a key of its own: the default. */
let ours: App
/** Has IVS make the tokens, and shares a secret with the identity provider. */
let theirs: App
/** Reads IAM as strictly as it may be: what is gone has no tags, and whatever asks for them is denied. */
let strict: App
beforeAll(async () => {
  // A call about what is gone is denied for want of its tags, which says nothing about the role.
  ours = await startApp({ assume: { readLagMs: 0 }, missingResourceDenied: false })
  theirs = await startApp({ env: { TOKEN_MODE: 'ivs', AUTH_ISSUERS: JSON.stringify([hmacIssuer]) } })
  strict = await startApp({ assume: { readLagMs: 0 }, missingResourceDenied: true })
})
afterAll(() => Promise.all([ours.stop(), theirs.stop(), strict.stop()]))

const participant = (stageId: string, id: string) => `/v1/stages/${stageId}/participants/${id}`
const fault = (operation: string, count?: number) =>
  ours.local('POST', '/faults', { target: 'ivs', operation, mode: 'error', ...(count !== undefined && { count }) })
const healed = () => ours.local('DELETE', '/faults')
const usesOf = async (app: App) => (await app.local<{ statements: StatementUse[] }>('GET', '/statements')).statements
const isUsed = async (name: string, sid: string) =>
  (await usesOf(ours)).some((one) => one.function === name && one.sid === sid && one.used > 0)

async function seatsChangeHands(ada: User, bob: User): Promise<void> {
  // Else a sweep would free the seats before anyone has to ask.
  await fault('ListStages')
  const stageId = await ours.stage({ seats: 1, defaultRole: 'speaker' })
  const viewer = await (await ours.user('vi')).join(stageId, { capabilities: ['SUBSCRIBE'] })
  await ours.enter(viewer.body.token)
  await ada.join(stageId)
  await ours.advance(LEASE_SECONDS + 1)
  expect((await bob.join(stageId)).status, 'hers is over').toBe(201)
  const hers = await ada.join(stageId, { capabilities: ['SUBSCRIBE'] })
  await ours.advance(LEASE_SECONDS + 1)
  const both = { capabilities: ['PUBLISH', 'SUBSCRIBE'] }
  const gained = await ada.call('POST', `${participant(stageId, hers.body.participantId)}/token`, both)
  expect(gained.status, 'and now his').toBe(201)
  await healed()
}

async function sessionsAreReplaced(ada: User): Promise<void> {
  const stageId = await ours.stage({ sessionPolicy: { mode: 'replace' }, defaultRole: 'speaker' })
  const { body } = await ada.join(stageId)
  await ours.enter(body.token)
  await ada.join(stageId, { capabilities: ['SUBSCRIBE'] })
  await until(async () => (await ours.enter(body.token)).body.code === 'PARTICIPANT_DISCONNECTED')
  await until(async () => (await ada.call('GET', `/v1/stages/${stageId}`)).body.seatsFree === 12)
}

async function rolesChange(ada: User): Promise<void> {
  const stageId = await ours.stage({ defaultRole: 'speaker' })
  const { body } = await ada.join(stageId)
  await standingIn(ours).assign(stageId, 'ada', 'viewer')
  expect((await ada.join(stageId)).status).toBe(201)
  expect((await ada.call('POST', `${participant(stageId, body.participantId)}/token`)).status).toBe(201)
}

async function someLeave(ada: User): Promise<void> {
  const stageId = await ours.stage({ defaultRole: 'speaker' })
  for (const broken of [false, true]) {
    const { body } = await ada.join(stageId)
    await ours.enter(body.token)
    if (broken) await fault('DisconnectParticipant', 3)
    expect((await ada.call('DELETE', participant(stageId, body.participantId))).status).toBe(204)
  }
  await healed()
  await ada.call('GET', `/v1/stages/${stageId}`)
}

async function stagesAreAdministered(admin: User): Promise<void> {
  const { ivs } = adminClients(ours.info)
  const { stage } = await ivs.send(new CreateStageCommand({ name: 'existing' }))
  ivs.destroy()
  const adopted = await admin.call('POST', '/v1/stages', { stageArn: stage?.arn, tags: { team: 'events' } })
  expect(adopted.status).toBe(201)
  const path = `/v1/stages/${adopted.body.stageId}`
  expect((await admin.call('PATCH', path, { tags: { team: null, show: 'one' } })).status).toBe(200)
  expect((await admin.call('GET', '/v1/stages')).status).toBe(200)
  expect((await admin.call('POST', `${path}/reset`)).status).toBe(200)
  expect((await admin.call('DELETE', path)).status).toBe(204)
}

/** A reset that could not delete the old IVS stage leaves that to the upkeep, which first fails itself and is reported. */
async function stagesAreLookedAfter(admin: User): Promise<void> {
  const stageId = await ours.stage()
  await fault('DeleteStage')
  await admin.call('POST', `/v1/stages/${stageId}/reset`)
  await ours.advance(SIX_HOURS)
  for (const minutes of [1, 2]) {
    await until(async () => (await upkeeps()) >= minutes)
    await ours.advance(60 * minutes)
  }
  await until(() => isUsed('upkeep', 'ReportFailure'))
  await healed()
  // Which finishes resets, too, and may come first.
  await ours.local('POST', '/faults', { target: 'ivs', operation: 'DeleteStage', function: 'reconcile', mode: 'error' })
  await ours.advance(SEVEN_DAYS)
  await until(async () => (await callsOf(ours)).some(isDeletion))
  await healed()
}

/** Its IVS stage is gone when the next run finishes the deletion; only a look says so. */
async function aDeletionIsCutOff(admin: User): Promise<void> {
  const stageId = await strict.stage()
  await strict.local('POST', '/faults', { target: 'eventbridge', mode: 'error' })
  expect((await admin.call('DELETE', `/v1/stages/${stageId}`)).status).toBe(503)
  await strict.local('DELETE', '/faults')
  for (let minute = 0; minute < 3; minute++) await strict.advance(61)
  await until(async () => (await admin.call('POST', '/v1/stages', { stageId })).status === 201)
}

const isDeletion = (call: LedgerEntry) =>
  call.function === 'upkeep' && call.operation === 'DeleteStage' && call.status < 300
const upkeeps = async () => ours.logs.filter((line) => line.startsWith('upkeep:') && line.includes('"failed":')).length
const callsOf = async (app: App) => (await app.local<{ entries: LedgerEntry[] }>('GET', '/ledger')).entries

async function partnersUseTheApi(): Promise<void> {
  const { secrets } = adminClients(theirs.info)
  await secrets.send(new CreateSecretCommand({ Name: HMAC.secretId, SecretString: HMAC.secret }))
  secrets.destroy()
  const as = (sub: string, roles: readonly string[]) => {
    const claims = { iss: HMAC.issuer, aud: 'stagedoor', sub, roles, exp: Math.floor(Date.now() / 1000) + 600 }
    const login = compactOf('{"alg":"HS256","typ":"JWT"}', JSON.stringify(claims), hmacBy(HMAC.secret))
    return (method: string, path: string, body?: unknown) =>
      theirs.request(method, path, { body, headers: { authorization: `Bearer ${login}` } })
  }
  const [admin, ada] = [as('root', ['admin']), as('ada', [])]
  const made = await admin('POST', '/v1/stages', { access: 'open' })
  const path = `/v1/stages/${made.body.stageId}`
  const joined = await ada('POST', `${path}/join`)
  expect([made.status, joined.status, joined.body.exchangeable]).toEqual([201, 201, false])
  for (const read of ['', '/participants']) expect((await ada('GET', path + read)).status).toBe(200)
  expect((await admin('GET', `${path}/members`)).status).toBe(200)
  expect((await ada('POST', `${path}/participants/${joined.body.participantId}/token`)).status).toBe(409)
  expect((await ada('DELETE', `${path}/participants/${joined.body.participantId}`)).status).toBe(204)
}

it('allow every call that is made, and nothing else: each statement and each of its actions is used', async () => {
  const [ada, bob] = [await ours.user('ada'), await ours.user('bob')]
  await ours.request('GET', '/v1/health')
  await seatsChangeHands(ada, bob)
  await sessionsAreReplaced(ada)
  await rolesChange(ada)
  await someLeave(ada)
  await stagesAreAdministered(await ours.admin())
  await stagesAreLookedAfter(await ours.admin())
  const mo = await ours.user('mo', { roles: ['moderator'] })
  await aStageIsFollowed(ours, await ours.admin(), await ours.user('eve'))
  await peopleAreModerated(ours, mo, await ours.user('ada'))
  await someoneIsKicked(ours, mo)
  await aReplacedTokenIsUsed(ours)
  await stagesEnd(ours, await ours.admin())
  await partnersUseTheApi()
  await aDeletionIsCutOff(await strict.admin())

  const calls = [...(await callsOf(ours)), ...(await callsOf(theirs))]
  expect(calls.filter(({ denied }) => denied)).toEqual([])
  const used = new Set<string>()
  const uses = [...(await usesOf(ours)), ...(await usesOf(theirs)), ...(await usesOf(strict))]
  const nameOf = ({ function: name, sid = '' }: StatementUse, action: string) => `${name}/${sid}: ${action}`
  for (const one of uses) for (const action of one.usedActions) used.add(nameOf(one, action))
  const granted = new Set(uses.flatMap((one) => one.actions.map((action) => nameOf(one, action))))
  expect([...granted].filter((one) => !used.has(one))).toEqual([])
}, 120_000)
