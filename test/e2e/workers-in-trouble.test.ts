import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { StageId } from '../../lib/ids.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import { createTable } from '../../lib/storage/table.dynamodb.ts'
import type { EventNote } from '../../local/events/event-bridge.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { workers } from '../support/deployed-functions.ts'
import { arm, disarm, type Fault, hitsOn } from '../support/trouble.ts'
import { until } from '../support/until.ts'

/** Something that only this worker does: begun, and whether it is done. */
interface Work {
  /** What it tells, once it is done. */
  readonly tells?: string
  /** What must be so before, untroubled. */
  ready?(who: { readonly id: string }): Promise<void>
  begin(stage: string, who: { readonly user: User; readonly id: string; readonly token: string }): Promise<void>
  isDone(stage: string, who: { readonly id: string; readonly token: string }): Promise<boolean>
}

const MINUTE = 60
const EIGHT_DAYS = 8 * 86_400

let app: App
/** An admin's login lasts for half a day, and days pass here. */
const asAdmin = async (method: string, stage: string, rest: string, body?: object) =>
  (await app.admin()).call(method, `/v1/stages/${stage}${rest}`, body)

const WORK: Readonly<Record<string, Work>> = {
  events: {
    tells: 'participant.published',
    begin: (_, { id }) => app.local('POST', '/stage/publish', { participantId: id }),
    async isDone(stage) {
      const { body } = await asAdmin('GET', stage, '/participants')
      return body.items.some(({ publishing }: { publishing: boolean }) => publishing)
    },
  },
  endings: {
    tells: 'participant.ended',
    async begin(stage, { user }) {
      await asAdmin('PUT', stage, `/bans/${user.userId}`)
    },
    async isDone(stage, { token }) {
      const { body } = await asAdmin('GET', stage, '/audit')
      const isWritten = body.items.some(({ action }: { action: string }) => action === 'disconnected')
      return isWritten && (await app.enter(token)).body.code === 'PARTICIPANT_DISCONNECTED'
    },
  },
  reconcile: {
    tells: 'participant.published',
    async ready({ id }) {
      await arm(app, { target: 'events', mode: 'drop' })
      await app.local('POST', '/stage/publish', { participantId: id })
      await disarm(app)
    },
    begin: () => app.advance(MINUTE),
    async isDone(stage) {
      const { body } = await asAdmin('GET', stage, '/participants')
      return body.audience === 1 && body.items.length === 1
    },
  },
  upkeep: {
    begin: () => app.advance(EIGHT_DAYS),
    async isDone(stage) {
      const { dynamodb } = adminClients(app.info)
      const record = await createStageStore(createTable(dynamodb, String(app.info.table))).get(stage as StageId)
      dynamodb.destroy()
      return (record?.endpoints.at(-1)?.fetchedAt ?? 0) > (record?.createdAt ?? Number.POSITIVE_INFINITY)
    },
  },
}

it('are all that serverless.yml has', () => {
  expect(Object.keys(WORK).sort()).toEqual(workers.toSorted())
})

async function toldOf(stage: string, name: string): Promise<ReadonlySet<string>> {
  const { entries } = await app.local<{ entries: EventNote[] }>('GET', '/events?since=0&bus=stagedoor-local')
  const details = entries.flatMap(({ event, fault }) =>
    fault === undefined && event['detail-type'] === name ? [event.detail as { id: string; stageId: string }] : [],
  )
  return new Set(details.filter(({ stageId }) => stageId === stage).map(({ id }) => id))
}

let last = 0
/** Somebody on a stage of their own, seen by nobody yet. */
async function someoneThere() {
  await app.advance(1)
  const stage = await app.stage({ defaultRole: 'speaker' })
  const user = await app.user(`user-${++last}`)
  const { participantId: id, token } = (await user.join(stage)).body
  await app.enter(token)
  return { stage, who: { user, id, token } }
}

const TARGETS = ['dynamodb', 'ivs', 'sqs', 'eventbridge']
/** Three calls are hit after so many: with what the SDK repeats, that is one delivery or run. Or their answers alone are lost. */
const HOW = [{ skip: 0 }, { skip: 0, after: true }, { skip: 2 }, { skip: 3, after: true }]
/** In twin's seconds: what failed comes again after that, or the next minute. */
const STEP = 10

describe.each(Object.entries(WORK))('%s in trouble', (worker, work) => {
  let harmed = 0
  // One each: the stages of the others would have to be looked at, too.
  beforeAll(async () => {
    app = await startApp({ assume: { readLagMs: 0 } })
  }, 60_000)
  afterAll(() => app.stop())
  afterEach(() => disarm(app))

  async function throughTrouble(fault: Fault): Promise<number> {
    const { stage, who } = await someoneThere()
    await work.ready?.(who)
    await arm(app, { ...fault, mode: 'error', function: worker, count: 3 })
    await work.begin(stage, who)
    const waiting = (look: () => Promise<boolean>) =>
      until(async () => {
        if (await look()) return true
        await app.advance(STEP)
        return false
      })
    await waiting(() => work.isDone(stage, who))
    const { tells } = work
    if (tells !== undefined) {
      await waiting(async () => (await toldOf(stage, tells)).size > 0)
      expect((await toldOf(stage, tells)).size).toBe(1)
    }
    const hits = await hitsOn(app)
    await disarm(app)
    return hits
  }

  it.each(TARGETS)('%s: its work is done in the end, and told once', async (target) => {
    for (const how of HOW) {
      const hits = await throughTrouble({ target, ...how })
      if (hits === 0) return
      harmed += hits
    }
  })

  it('was harmed', () => {
    expect(harmed).toBeGreaterThan(0)
  })
})
