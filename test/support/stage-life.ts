import { CreateStageCommand, ListStagesCommand } from '@aws-sdk/client-ivs-realtime'
import { expect } from 'vitest'
import type { LedgerEntry } from '../../local/aws/ledger.ts'
import type { App, User } from './app.ts'
import { adminClients } from './aws-clients.ts'
import { until, untilLater } from './until.ts'

const MINUTE = 60
const TWO_HOURS = 7_200

const stagePath = (stageId: string, rest = ''): string => `/v1/stages/${stageId}${rest}`
const publish = (app: App, participantId: string): Promise<unknown> =>
  app.local('POST', '/stage/publish', { participantId })

/** A stage with somebody publishing, seen by whoever may look: once by its events, and once by a sweep that had none. */
export async function aStageIsFollowed(app: App, admin: User, host: User): Promise<void> {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  const { body } = await host.join(stageId)
  await app.enter(body.token)
  await publish(app, body.participantId)
  const roster = stagePath(stageId, '/participants')
  await until(async () => (await host.call('GET', roster)).body.items.length === 1)
  const unseen = await (await app.user('unseen')).join(stageId)
  await app.local('POST', '/faults', { target: 'events', mode: 'drop', rate: 1 })
  await app.enter(unseen.body.token)
  await publish(app, unseen.body.participantId)
  await app.local('DELETE', '/faults')
  await app.advance(MINUTE)
  await untilLater(app, MINUTE, async () => (await host.call('GET', roster)).body.items.length === 2)
  await until(async () => (await admin.call('GET', `${roster}?audience=all`)).body.items.length === 2)
  const sessions = await admin.call('GET', stagePath(stageId, '/sessions'))
  const events = stagePath(stageId, `/sessions/${sessions.body.items[0].sessionId}/events`)
  expect((await admin.call('GET', events)).body.items[0].name).toBe('published')
}

/** Somebody who is known to be there is put out at once. */
export async function someoneIsKicked(app: App, mo: User): Promise<void> {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  const bo = await app.user('bo')
  const { body } = await bo.join(stageId)
  await app.enter(body.token)
  const taken = (): number =>
    app.logs.filter((line) => line.startsWith('events:') && line.includes('"kind":"published","outcome":"applied"'))
      .length
  const before = taken()
  await publish(app, body.participantId)
  await until(() => taken() > before)
  // So that there is a place in the quota, whatever was asked of IVS just before.
  await app.advance(2)
  const kicked = await mo.call('POST', stagePath(stageId, '/members/bo/kick'), {})
  expect(kicked.body.disconnected).toEqual([body.participantId])
}

/** Nobody watches for a token that was merely replaced: whoever comes with it is seen by the next sweep. */
export async function aReplacedTokenIsUsed(app: App): Promise<void> {
  const stageId = await app.stage({ sessionPolicy: { mode: 'replace' } })
  const cy = await app.user('cy')
  const replaced = await cy.join(stageId)
  await cy.join(stageId)
  await until(() => app.logs.some((line) => line.startsWith('endings:') && line.includes(replaced.body.participantId)))
  await app.enter(replaced.body.token)
  await app.advance(MINUTE)
  await until(async () => {
    const { entries } = await app.local<{ entries: LedgerEntry[] }>('GET', '/ledger')
    return entries.some((call) => call.function === 'reconcile' && call.service === 'sqs')
  })
}

/** A look that no sweep answers asks IVS: one follows soon whenever a ban is told. */
async function lookedFor(app: App, ban: () => Promise<unknown>): Promise<void> {
  const looks = (): number =>
    app.logs.filter((line) => line.startsWith('endings:') && line.includes('"kind":"look"')).length
  await until(async () => {
    const before = looks()
    await ban()
    await app.advance(6)
    await until(() => looks() > before)
    const { entries } = await app.local<{ entries: LedgerEntry[] }>('GET', '/ledger')
    return entries.some((call) => call.function === 'endings' && call.operation === 'ListParticipants')
  })
}

/** Everything a moderator does, to somebody who does not obey. */
export async function peopleAreModerated(app: App, mo: User, ada: User): Promise<void> {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  const [removed, unused, joined] = [await ada.join(stageId), await ada.join(stageId), await ada.join(stageId)]
  const member = stagePath(stageId, '/members/ada')
  const gone = stagePath(stageId, `/participants/${removed.body.participantId}?userId=ada`)
  expect((await mo.call('DELETE', gone)).status).toBe(204)
  await app.enter(joined.body.token)
  await publish(app, joined.body.participantId)
  expect((await mo.call('PUT', member, { role: 'viewer', deadlineSeconds: 5 })).status).toBe(201)
  expect((await mo.call('GET', stagePath(stageId, '/members'))).body.items).toHaveLength(1)
  await untilLater(app, 6, async () => (await app.enter(joined.body.token)).body.code === 'PARTICIPANT_DISCONNECTED')
  expect((await mo.call('DELETE', member)).status).toBe(204)
  expect((await mo.call('POST', `${member}/kick`, {})).status).toBe(200)
  expect((await mo.call('PUT', stagePath(stageId, '/bans/ada'), { reason: 'noise' })).status).toBe(201)
  expect((await mo.call('GET', stagePath(stageId, '/bans'))).body.items).toHaveLength(1)
  expect((await mo.call('GET', stagePath(stageId, '/explain?userId=ada'))).body.rule).toBe('banned')
  // Somebody else is there, so that there is a session to look at.
  await app.enter((await (await app.user('by')).join(stageId)).body.token)
  await lookedFor(app, () => mo.call('PUT', stagePath(stageId, '/bans/ada'), { reason: 'noise' }))
  // IVS revokes no token that was never used: whoever comes with one is put out again.
  await app.enter(unused.body.token)
  await publish(app, unused.body.participantId).catch(() => undefined)
  await untilLater(app, 6, async () => (await app.enter(unused.body.token)).body.code === 'PARTICIPANT_DISCONNECTED')
  expect((await mo.call('DELETE', stagePath(stageId, '/bans/ada'))).status).toBe(204)
  const audit = await mo.call('GET', stagePath(stageId, '/audit'))
  expect(audit.body.items.map(({ action }: { action: string }) => action)).toContain('banned')
}

/** What is over ends, and what nobody has a record of goes: everyone is out of both. */
export async function stagesEnd(app: App, admin: User): Promise<void> {
  const { ivs } = adminClients(app.info)
  const now = Date.parse((await app.local<{ now: string }>('GET', '/clock')).now)
  const created = new Date(now - TWO_HOURS * 1000).toISOString()
  const tags = {
    'stagedoor:deployment': 'stagedoor-local',
    'stagedoor:stage-uid': 'nobody',
    'stagedoor:created': created,
  }
  const { stage: orphan } = await ivs.send(new CreateStageCommand({ name: 'orphan', tags }))
  const stageId = await app.stage({ endsAt: new Date(now + 10 * MINUTE * 1000).toISOString(), defaultRole: 'speaker' })
  const { body } = await (await app.user('late')).join(stageId)
  await app.enter(body.token)
  const before = (await admin.call('GET', stagePath(stageId))).body.stageArn
  await app.advance(11 * MINUTE)
  await untilLater(app, MINUTE, async () => (await admin.call('GET', stagePath(stageId))).body.stageArn !== before)
  await untilLater(app, MINUTE, async () => {
    const { stages = [] } = await ivs.send(new ListStagesCommand({ maxResults: 100 }))
    return stages.every(({ arn }) => arn !== orphan?.arn)
  })
  ivs.destroy()
}
