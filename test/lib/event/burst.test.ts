import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { SQSEvent } from 'aws-lambda'
import { afterEach, describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../lib/domain-event/domain-event.ts'
import { eventsHandler } from '../../../lib/event/events.handler.ts'
import { createHistoryStore } from '../../../lib/history/history-store.dynamodb.ts'
import type { StageId, StageUid } from '../../../lib/ids.ts'
import { createParticipantStore } from '../../../lib/participant/participant-store.dynamodb.ts'
import { emptyRecord } from '../../../lib/participant/user-record.ts'
import { createRosterStore } from '../../../lib/roster/roster-store.dynamodb.ts'
import { createStageArns } from '../../../lib/stage/stage-arns.dynamodb.ts'
import { createStageStore } from '../../../lib/stage/stage-store.dynamodb.ts'
import { createQueues } from '../../../local/aws/queues.ts'
import { createTwinClock } from '../../../local/clock.ts'
import { readDeployment } from '../../../local/deployment/read-deployment.ts'
import { startEventSource } from '../../../local/lambda/event-source.ts'
import { aBurst, type BurstStage } from '../../support/burst.ts'
import { tableForFile } from '../../support/each-store.ts'
import { aParticipant, T0 } from '../../support/participants.ts'
import { until } from '../../support/until.ts'

const tableNow = tableForFile()
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const placeOf = ({ name }: BurstStage, run: string) => ({
  stageId: name as StageId,
  stageUid: `${run}-${name}` as StageUid,
  generation: 1,
})

/** The queue as it is deployed, with as many pollers; the function behind it, and its stores on a table. */
async function theQueue(stages: readonly BurstStage[], run: string) {
  const { table } = tableNow()
  const arns = createStageArns(table)
  const stores = {
    participants: createParticipantStore(table),
    rosters: createRosterStore(table),
    history: createHistoryStore(table),
  }
  for (const stage of stages) {
    const place = placeOf(stage, run)
    await arns.put(stage.arn, place)
    const ours = stage.people.filter(({ is }) => is === 'ours')
    for (const userId of new Set(ours.map((one) => one.userId))) {
      const participants = ours
        .filter((one) => one.userId === userId)
        .map(({ id }) => aParticipant(id, { capabilities: ['PUBLISH', 'SUBSCRIBE'] }))
      const live = { main: participants.map(({ id }) => id), screen: [] }
      const record = { ...emptyRecord(1), version: T0, participants, live }
      await stores.participants.save({ stageUid: place.stageUid, userId }, record, undefined)
    }
  }
  const told: DomainEvent[] = []
  const lines: { readonly message: string; readonly eventId?: string; readonly outcome?: string }[] = []
  const log = (message: string, fields: object): void => void lines.push({ message, ...fields })
  const handler = eventsHandler({
    ...stores,
    arns,
    stages: createStageStore(table),
    endings: { send: () => Promise.reject(new Error('nobody is to be put out')) },
    events: { publish: async (some) => void told.push(...some) },
    sweeps: { soon: () => Promise.reject(new Error('nothing is in doubt')) },
    ...{ historySeconds: 1_000_000_000, tellsGrants: false, clock: () => T0, wait, random: Math.random },
    logger: { info: log, warn: log },
  })

  const queueUrlOf = (name: string): string => `http://127.0.0.1/${name}`
  const directory = resolve(import.meta.dirname, '../../..')
  const deployment = await readDeployment({ directory, stage: 'local', accountId: '1', env: {}, queueUrlOf })
  const source = deployment.functions.find(({ name }) => name === 'events')?.queueSources[0]
  const clock = createTwinClock({ real: Date.now })
  const queues = createQueues(deployment.queues, { now: clock.now, onChange: () => undefined })
  const queue = queues.get(source?.queueName ?? '')
  const dead = queues.get(queue?.definition.deadLetters?.queueName ?? '')
  if (source === undefined || queue === undefined || dead === undefined) throw new Error('serverless.yml: no queue')
  const failed = { runs: 0 }
  const start = (): void => {
    const poller = startEventSource({
      ...{ queue, source, clock, queueArn: 'arn:aws:sqs:eu-west-1:1:q', region: 'eu-west-1', mayPoll: () => true },
      async invoke(event) {
        const payload = await handler(event as SQSEvent)
        failed.runs += payload.batchItemFailures.length
        return { kind: 'answered', payload }
      },
    })
    stops.push(poller.stop, clock.stop)
  }
  return { ...stores, queue, dead, told, lines, failed, start }
}

type TheQueue = Awaited<ReturnType<typeof theQueue>>

async function historyOf({ history }: TheQueue, stageUid: StageUid, sessionId: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page = await history.entries(stageUid, sessionId, { limit: 1_000, ...(after !== undefined && { after }) })
    found.push(...page.items.map(({ at, participantId = '-', name }) => `${sessionId} ${at} ${participantId} ${name}`))
    after = page.next
    more = after !== undefined
  }
  return found
}

/** What a stage came to, against what the model says. */
async function expectTakenIn(it: TheQueue, stage: BurstStage, run: string): Promise<void> {
  const place = placeOf(stage, run)
  const written = (await Promise.all([stage.sessionId, '-'].map((id) => historyOf(it, place.stageUid, id)))).flat()
  expect(written.length).toBe(stage.happened.size)
  expect(new Set(written)).toEqual(stage.happened)

  const roster = await it.rosters.load(place)
  const publishing = roster?.entries.filter((one) => one.publishing).map(({ participantId }) => participantId as string)
  expect(new Set(publishing)).toEqual(stage.publishing)
  const managed = new Set(roster?.entries.filter(({ minted }) => minted).map(({ participantId }) => participantId))
  expect(managed).toEqual(new Set(stage.people.filter(({ is }) => is === 'ours').map(({ id }) => id)))

  for (const { id, userId, is } of stage.people) {
    if (is !== 'ours') continue
    const record = await it.participants.load({ stageUid: place.stageUid, userId })
    expect(record?.connected.main.some((one) => one === id)).toBe(stage.publishing.has(id))
  }
  expectToldOnce(it, stage, place.stageUid)
}

/**
 * Each change has an id and a version of its own, and those of one participant alternate until how it is in the end. What was
 * sent twice is told again, also where it only confirmed what was known.
 */
function expectToldOnce({ told }: TheQueue, stage: BurstStage, uid: StageUid): void {
  const first = new Map<string, Told>()
  for (const one of told.filter(isOfPublishing)) {
    if (one.stageUid === uid && versionOf(first.get(one.id)) > versionOf(one)) first.set(one.id, one)
  }
  const changes = [...first.values()].toSorted((one, other) => versionOf(one) - versionOf(other))
  const wasSentTwice = ({ participantId, at }: Told): boolean => stage.sentTwice.has(`${participantId} ${at}`)
  const versions = changes.filter((change) => !wasSentTwice(change)).map(versionOf)
  expect(new Set(versions).size).toBe(versions.length)
  for (const { id } of stage.people) {
    const names = changes
      .filter(({ participantId }) => participantId === id)
      .filter((one, n, all) => !(wasSentTwice(one) && (all[n - 1]?.name ?? 'participant.unpublished') === one.name))
      .map(({ name }) => name)
    expect(names).toEqual(names.map((_, n) => (n % 2 === 0 ? 'participant.published' : 'participant.unpublished')))
    expect(names.length % 2 === 1).toBe(stage.publishing.has(id))
  }
}

type Told = Extract<
  DomainEvent,
  { readonly name: 'participant.published' | 'participant.unpublished' | 'participant.disconnected' }
>
const isOfPublishing = (event: DomainEvent): event is Told =>
  event.name === 'participant.published' || event.name === 'participant.unpublished'
const versionOf = (event: Told | undefined): number => event?.version ?? Number.POSITIVE_INFINITY

const BURSTS: readonly [string, number, number][] = [
  ['10,000 events of 5 stages', 5, 10_000],
  ['1,000 events of one stage', 1, 1_000],
]

describe('a burst of', () => {
  it.each(BURSTS)('%s is taken in, each once, and nothing is dead', { timeout: 240_000 }, async (name, many, count) => {
    const { stages, bodies } = aBurst(1, many, count)
    const run = `of${count}`
    const all = await theQueue(stages, run)
    for (const body of bodies) all.queue.send(body)
    all.start()
    const isOver = () => all.failed.runs > 0 || (all.lines.length >= bodies.length && all.queue.size() === 0)
    await until(isOver, 200_000)
    expect({ failed: all.failed.runs, dead: all.dead.size(), queued: all.queue.size() }, name).toEqual({
      failed: 0,
      dead: 0,
      queued: 0,
    })
    for (const stage of stages) await expectTakenIn(all, stage, run)
    const applied = all.lines.filter(({ outcome }) => outcome === 'applied').length
    const rosters = await Promise.all(stages.map((stage) => all.rosters.load(placeOf(stage, run))))
    expect(rosters.reduce((sum, roster) => sum + (roster?.version ?? 0), 0)).toBe(applied)
  })
})
