import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADMIN_ACCESS_KEY_ID } from '../../local/lambda/access-key.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { eventQueue } from '../support/event-queue.ts'
import { arm, disarm } from '../support/trouble.ts'
import { until, untilLater } from '../support/until.ts'

let app: App
let admin: User
let sqs: SQSClient
let events: ReturnType<typeof eventQueue>
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  admin = await app.admin()
  events = eventQueue(app.info)
  const { region, sqs: endpoint } = app.info
  sqs = new SQSClient({ region, endpoint, credentials: { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' } })
}, 60_000)
afterAll(async () => {
  events.close()
  sqs.destroy()
  await app.stop()
})

/** As the rule would, also what IVS never sent. */
async function queued(body: string): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'stagedoor-local-StageEventsQueue' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }))
}
const linesOf = (message: string): readonly string[] =>
  app.logs.filter((line) => line.startsWith('events:') && line.includes(`"message":"${message}"`))
const publishing = async (stageId: string): Promise<readonly string[]> =>
  (await admin.call('GET', `/v1/stages/${stageId}/participants`)).body.items.flatMap(
    (one: { participantId: string; publishing: boolean }) => (one.publishing ? [one.participantId] : []),
  )

async function entered(stageId: string, sub: string): Promise<string> {
  const { participantId, token } = (await (await app.user(sub)).join(stageId)).body
  expect((await app.enter(token)).status).toBe(200)
  return participantId
}

it('a malformed event lies with the dead letters after its five attempts, and all that came with it are taken in', async () => {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  const people = await Promise.all(['ada', 'bo', 'cy'].map((sub) => entered(stageId, sub)))
  const [ada, ...others] = people
  await arm(app, { target: 'events', mode: 'malformed', count: 1 })
  await app.local('POST', '/stage/publish', { participantId: ada })
  await disarm(app)
  for (const participantId of others) await app.local('POST', '/stage/publish', { participantId })
  await queued('published!')
  await until(async () => (await publishing(stageId)).length === 2)
  await untilLater(app, 181, async () => (await events.dead()) === 2)
  expect(linesOf('event_malformed')).toHaveLength(10)
  expect(linesOf('event_failed')).toEqual([])
  expect(await events.waiting()).toBe(0)
  // What it would have told, a sweep finds out.
  const shown = await untilLater(app, 10, async () => {
    const found = await publishing(stageId)
    return found.length === people.length && found
  })
  expect(shown.toSorted()).toEqual(people.toSorted())
}, 60_000)

it('names and stages that nobody knows are recorded, and no failure', async () => {
  const stageId = await app.stage()
  const participantId = await entered(stageId, 'ada')
  const { stageArn } = (await admin.call('GET', `/v1/stages/${stageId}`)).body
  const dead = await events.dead()
  const before = linesOf('event').length
  const envelope = (type: string, resources: readonly string[], detail: object) =>
    JSON.stringify({
      ...{ version: '0', id: crypto.randomUUID(), 'detail-type': type, source: 'aws.ivs', account: '111122223333' },
      ...{ time: '2026-11-21T09:00:07Z', region: app.info.region, resources, detail },
    })
  const theirs = stageArn.replace(/[^/]+$/, 'none0fOurs00')
  const waved = { event_name: 'Participant Waved', session_id: 'st-1', participant_id: participantId }
  const started = { event_name: 'Destination Start', stage_arn: stageArn }
  await queued(envelope('IVS Stage Update', [stageArn], waved))
  await queued(envelope('IVS Stage Update', [theirs], { ...waved, event_name: 'Participant Published' }))
  await queued(envelope('IVS Of Tomorrow', [], {}))
  for (const id of ['to-s3', 'to-channel']) {
    await queued(envelope('IVS Composition State Change', [`${stageArn}-composition`], { ...started, id }))
  }
  await until(async () => linesOf('event').length === before + 5 && (await events.waiting()) === 0)
  expect(await events.dead()).toBe(dead)
  const outcomes = linesOf('event').slice(before)
  expect(outcomes.filter((line) => line.includes('"outcome":"ignored"'))).toHaveLength(2)
  expect(outcomes.filter((line) => line.includes('"outcome":"recorded"'))).toHaveLength(3)

  const historyOf = async (sessionId: string) =>
    (await admin.call('GET', `/v1/stages/${stageId}/sessions/${sessionId}/events`)).body.items
  const at = '2026-11-21T09:00:07.000Z'
  expect(await historyOf('st-1')).toEqual([{ at, name: 'unknown: Participant Waved', participantId }])
  const composition = { at, name: 'composition: Destination Start' }
  expect(await historyOf('-')).toEqual([composition, composition])
})
