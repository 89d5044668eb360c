import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_ACCESS_KEY_ID } from '../../local/lambda/access-key.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { arm, disarm, hitsOn } from '../support/trouble.ts'
import { until, untilLater } from '../support/until.ts'

let app: App
let moderator: User
let sqs: SQSClient
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  moderator = await app.user('mo', { roles: ['moderator'], expiresIn: 2_000_000 })
  const { region, sqs: endpoint } = app.info
  const credentials = { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' }
  sqs = new SQSClient({ region, endpoint, credentials })
}, 60_000)
afterAll(async () => {
  sqs.destroy()
  await app.stop()
})
afterEach(() => disarm(app))

/** Somebody who publishes, so that they are known to be there by the time of the ban. */
async function publisher(stageId: string, sub: string) {
  const joined = await (await app.user(sub)).join(stageId)
  const { participantId, token } = joined.body
  await app.enter(token)
  await app.local('POST', '/stage/publish', { participantId })
  const roster = async () => (await moderator.call('GET', `/v1/stages/${stageId}/participants`)).body.items
  await until(async () => (await roster()).length === 1)
  return { participantId, isIn: async () => (await app.enter(token)).status === 200 }
}
const ban = (stageId: string, sub: string) => moderator.call('PUT', `/v1/stages/${stageId}/bans/${sub}`)
const onDisconnect = { target: 'ivs', operation: 'DisconnectParticipant' }
const endedIn = async (stageId: string): Promise<readonly string[]> =>
  (await moderator.call('GET', `/v1/stages/${stageId}/audit`)).body.items.flatMap(
    ({ action, participantId }: { action: string; participantId: string }) =>
      action === 'disconnected' ? [participantId] : [],
  )

const QueueName = 'stagedoor-local-EndingsDeadLetters'
async function deadLetters(): Promise<number> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
  const AttributeNames = ['ApproximateNumberOfMessages' as const]
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
  return Number(Attributes?.ApproximateNumberOfMessages)
}
/** As `docs/operations.md` has it done. */
const redrive = () =>
  sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `arn:aws:sqs:${app.info.region}:000000000000:${QueueName}` }))

describe('IVS in trouble with a disconnect', () => {
  it.each([
    ['5xx', { mode: 'error' }],
    ['throttling', { mode: 'throttle' }],
    ['no answer', { mode: 'drop' }],
    ['a timeout', { mode: 'timeout' }],
  ])('%s: says pending, and is tried again until it is done', async (name, fault) => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const { participantId, isIn } = await publisher(stageId, 'ada')
    await arm(app, { ...onDisconnect, ...fault })
    const banned = await ban(stageId, 'ada')
    expect(banned, name).toMatchObject({ status: 201, body: { disconnected: [], pending: [participantId] } })
    await until(async () => (await hitsOn(app)) >= 3)
    expect(await endedIn(stageId)).toEqual([])
    await disarm(app)
    // Within the attempt that is going on, or when the message comes again.
    await untilLater(app, 10, async () => (await endedIn(stageId)).includes(participantId))
    expect(await isIn()).toBe(false)
    expect(await deadLetters()).toBe(0)
  })

  it('that does not end: it lies with the dead letters, nothing says that it was done, and once the cause is gone it is', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const { participantId, isIn } = await publisher(stageId, 'bob')
    await arm(app, { ...onDisconnect, mode: 'error' })
    await ban(stageId, 'bob')
    await until(async () => {
      await app.advance(31)
      return (await deadLetters()) > 0
    }, 120_000)
    expect(await endedIn(stageId)).toEqual([])
    expect(app.logs.filter((line) => line.includes('ending_failed')).length).toBeGreaterThan(1)
    await disarm(app)
    await redrive()
    await until(async () => (await endedIn(stageId)).includes(participantId))
    expect(await isIn()).toBe(false)
    expect(await deadLetters()).toBe(0)
  }, 130_000)
})
