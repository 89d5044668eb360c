import {
  CreateParticipantTokenCommand,
  type IVSRealTimeClient,
  StartParticipantReplicationCommand,
} from '@aws-sdk/client-ivs-realtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../local/aws/ledger.ts'
import type { EventNote } from '../../local/events/event-bridge.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { until } from '../support/until.ts'

let app: App
let admin: User
let ivs: IVSRealTimeClient
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  admin = await app.admin()
  ivs = adminClients(app.info).ivs
}, 60_000)
afterAll(async () => {
  ivs.destroy()
  await app.stop()
})

const on = (what: string, participantId: string) => app.local('POST', `/stage/${what}`, { participantId })
const arnOf = async (stageId: string): Promise<string> =>
  (await admin.call('GET', `/v1/stages/${stageId}`)).body.stageArn
const roster = async (stageId: string) => (await admin.call('GET', `/v1/stages/${stageId}/participants`)).body
/** Who was put out, as the audit has it: by each sweep that found them still there. */
async function disconnected(stageId: string): Promise<readonly string[]> {
  const { items } = (await admin.call('GET', `/v1/stages/${stageId}/audit`)).body
  const entries: { action: string; participantId: string }[] = items
  return [...new Set(entries.flatMap(({ action, participantId: id }) => (action === 'disconnected' ? [id] : [])))]
}

/** What the deployment's bus was told of those who were put out. */
async function endedOn(stageId: string): Promise<readonly Record<string, unknown>[]> {
  const { entries } = await app.local<{ entries: EventNote[] }>('GET', '/events?since=0&bus=stagedoor-local')
  return entries
    .filter(({ event }) => event['detail-type'] === 'participant.ended' && event.detail.stageId === stageId)
    .map(({ event }) => event.detail)
}

/** Somebody on the stage with a token that IVS made for others than us, and that says it is ada's. */
async function stranger(stageId: string) {
  const made = await ivs.send(
    new CreateParticipantTokenCommand({ stageArn: await arnOf(stageId), userId: 'ada', duration: 60 }),
  )
  const { token = '', participantId = '' } = made.participantToken ?? {}
  expect((await app.enter(token)).status).toBe(200)
  return { participantId, isIn: async () => (await app.enter(token)).status === 200 }
}

/** Ada, whom we let in. */
async function ada(stageId: string): Promise<string> {
  const { participantId, token } = (await (await app.user('ada')).join(stageId)).body
  expect((await app.enter(token)).status).toBe(200)
  return participantId
}

const sweptSince = async (stageId: string, asOf: string): Promise<void> => {
  await until(async () => {
    await app.advance(10)
    const { body } = await admin.call('GET', `/v1/stages/${stageId}/participants?audience=all`)
    return body.asOf > asOf
  })
}

describe('whom we did not let in', () => {
  it('is put out of a strict stage by the event that says they publish, and who was let in stays', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker', strict: true })
    const [ours, theirs] = [await ada(stageId), await stranger(stageId)]
    await on('publish', ours)
    await on('publish', theirs.participantId)
    const [ended] = await until(async () => {
      const told = await endedOn(stageId)
      return told.length > 0 && told
    })
    expect(await disconnected(stageId)).toEqual([theirs.participantId])
    expect(ended).toMatchObject({ participantId: theirs.participantId, reason: 'kicked' })
    expect(ended).not.toHaveProperty('userId')
    expect(await theirs.isIn()).toBe(false)
  })

  it('is put out of a strict stage by the next sweep where they only watch', async () => {
    const stageId = await app.stage({ strict: true })
    const [, theirs] = [await ada(stageId), await stranger(stageId)]
    await until(async () => {
      await app.advance(10)
      return (await disconnected(stageId)).length > 0
    })
    expect(await disconnected(stageId)).toEqual([theirs.participantId])
    expect(await theirs.isIn()).toBe(false)
  })

  it('is shown as unmanaged on any other, and left alone', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const theirs = await stranger(stageId)
    await on('publish', theirs.participantId)
    const shown = await until(async () => {
      const { items, asOf } = await roster(stageId)
      return items.length === 1 && { items, asOf }
    })
    expect(shown.items).toMatchObject([{ participantId: theirs.participantId, managed: false, publishing: true }])
    expect(shown.items[0]).not.toHaveProperty('userId')
    await sweptSince(stageId, shown.asOf)
    expect([await theirs.isIn(), await disconnected(stageId)]).toEqual([true, []])
  })
})

it('a replica is on the roster of the stage it is shown on, which lets it be, and its own stage knows nothing of it', async () => {
  const [source, destination] = [
    await app.stage({ defaultRole: 'speaker' }),
    await app.stage({ defaultRole: 'speaker', strict: true }),
  ]
  const shown = await ada(source)
  await on('publish', shown)
  const own = await ada(destination)
  await on('publish', own)
  await until(async () => (await roster(destination)).items.length === 1)
  const { last } = await app.local<{ last: number }>('GET', '/ledger')
  await ivs.send(
    new StartParticipantReplicationCommand({
      ...{ sourceStageArn: await arnOf(source), destinationStageArn: await arnOf(destination) },
      participantId: shown,
    }),
  )
  const { items, asOf } = await until(async () => {
    const found = await roster(destination)
    return found.items.length === 2 && found
  })
  const byId = new Map(items.map((one: { participantId: string }) => [one.participantId, one]))
  expect(byId.get(shown)).toMatchObject({ managed: false, publishing: true })
  expect(byId.get(shown)).not.toHaveProperty('userId')
  await sweptSince(destination, asOf)
  // Nobody is to be put out, by the event or by the sweep.
  const { entries } = await app.local<{ entries: LedgerEntry[] }>('GET', `/ledger?since=${last}`)
  expect(entries.filter(({ service }) => service === 'sqs')).toEqual([])
  const managed = { userId: 'ada', managed: true, publishing: true }
  expect((await roster(source)).items).toMatchObject([{ participantId: shown, ...managed }])
  const after = (await roster(destination)).items.filter((one: { managed: boolean }) => one.managed)
  expect(after).toMatchObject([{ participantId: own, ...managed }])
})
