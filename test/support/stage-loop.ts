import { randomBytes } from 'node:crypto'
import type { SQSEvent } from 'aws-lambda'
import { DEFAULT_LIMITS } from '../../lib/config/defaults.ts'
import { createDisconnector } from '../../lib/ending/disconnector.ivs.ts'
import { insistent } from '../../lib/ending/disconnector.ts'
import { createEndings } from '../../lib/ending/endings.ts'
import { goneFrom } from '../../lib/ending/gone.ts'
import { lastSweepIn } from '../../lib/ending/last-sweep.ts'
import { createLookout } from '../../lib/ending/lookout.ivs.ts'
import { writeMessage } from '../../lib/ending/message.ts'
import type { Queues } from '../../lib/ending/queues.ts'
import { recordedIn } from '../../lib/ending/recorded.ts'
import { endingsHandler } from '../../lib/ending/work.handler.ts'
import { eventsHandler } from '../../lib/event/events.handler.ts'
import type { ParticipantId } from '../../lib/ids.ts'
import { createCensus } from '../../lib/ivs/census.ivs.ts'
import { meteredBy } from '../../lib/ivs/metered.ivs.ts'
import { createPresence } from '../../lib/ivs/presence.ivs.ts'
import type { IvsQuota } from '../../lib/ivs/quota.ts'
import type { JobLog } from '../../lib/lambda/job.ts'
import { createRoleMemory } from '../../lib/participant/role-memory.ts'
import { createSeatDesk } from '../../lib/seat/seat-desk.ts'
import { seatsKeyOf } from '../../lib/seat/seat-wish.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { createStageCache } from '../../lib/stage/stage-cache.ts'
import { sweepStage } from '../../lib/sweep/sweep-stage.ts'
import type { EpochMs } from '../../lib/time.ts'
import type { Assumptions } from '../../local/ivs/assumptions.ts'
import type { EventBridgeEvent } from '../../local/ivs/event.ts'
import { aLocalStage } from './local-ivs-client.ts'
import { createMemoryAuditStore } from './memory-audit-store.ts'
import { createMemoryHistoryStore } from './memory-history-store.ts'
import { createMemoryParticipantStore } from './memory-participant-store.ts'
import { createMemoryRosterStore } from './memory-roster-store.ts'
import { createMemorySeatStore } from './memory-seat-store.ts'
import { createMemoryStageStore } from './memory-stage-store.ts'
import { createMemoryStandingLists } from './memory-standing-lists.ts'
import { createMemoryPresentStore } from './memory-sweep-stores.ts'
import { createMemoryWatchStore } from './memory-watch-store.ts'
import { T0 } from './participants.ts'
import { aStage, ROLES } from './stages.ts'
import { createVirtualClock } from './virtual-clock.ts'

/** How long a token lasts here, in minutes: a watch is followed to its end. */
export const MINUTES = 4
/** A message is with its worker within this. */
const DELIVERY_MS = 300
/** What failed comes again after this. */
const RETRY_MS = 1_000

export interface Weather {
  readonly assume: Partial<Assumptions>
  /** What becomes of each event in turn, over and over: after how many milliseconds it is delivered, however often. */
  readonly events: readonly (readonly number[])[]
  /** The same of each message, a fraction of `DELIVERY_MS`; delivered once at least. */
  readonly messages: readonly (readonly number[])[]
  readonly quota?: (clock: () => EpochMs) => IvsQuota
}

/** The whole loop in one process and on one virtual clock: product, queues, and a local IVS with one stage. */
export async function aStageLoop(weather: Weather) {
  const clock = createVirtualClock(T0)
  const delivered = (fates: readonly (readonly number[])[]) => {
    let next = 0
    return (): readonly number[] => fates[next++ % fates.length] ?? [0]
  }
  const log: JobLog = { info: () => {}, warn: () => {} }

  const past: EventBridgeEvent[] = []
  const fateOfEvent = delivered(weather.events)
  const local = aLocalStage({
    clock: clock.now,
    assume: weather.assume,
    emit(event) {
      past.push(event)
      for (const delay of fateOfEvent()) void clock.wait(delay).then(() => takeIn(event))
    },
  })
  const { client, stageArn } = local

  const stage: Stage = aStage({
    generation: { number: 1, stageArn },
    endpoints: [local.endpoints],
    sessionPolicy: { mode: 'allow', max: 10 },
  })
  const stages = createMemoryStageStore()
  await stages.create(stage)
  const seats = createMemorySeatStore()
  await seats.open(seatsKeyOf(stage))
  const participants = createMemoryParticipantStore()
  const [rosters, history, audit] = [createMemoryRosterStore(), createMemoryHistoryStore(), createMemoryAuditStore()]
  const events = { publish: async () => {} }
  const sweeps = { soon: async () => {} }

  const quota = weather.quota?.(clock.now) ?? { take: async () => ({ granted: true as const }) }
  const patience = { quota, wait: clock.wait, random: () => 0, longestWaitMs: 15_000 }
  const fateOfMessage = delivered(weather.messages)
  const queues: Queues = {
    async send(_, message, delaySeconds = 0) {
      const [body, sentAt] = [writeMessage(message), clock.now()]
      for (const part of fateOfMessage()) {
        void clock.wait(delaySeconds * 1000 + part * DELIVERY_MS).then(() => work(body, sentAt))
      }
    },
  }
  const endings = createEndings(queues)
  const by = meteredBy(client, patience)
  const disconnector = insistent(createDisconnector(by), { clock: clock.now, wait: clock.wait, random: () => 0 })
  const present = createMemoryPresentStore()
  const watches = createMemoryWatchStore()
  const worker = endingsHandler({
    ...{ seats, audit, events, endings, auditSeconds: 1, clock: clock.now, logger: log },
    ...{ disconnector, watches, sweeps, looks: endings, newTurn: () => randomBytes(8).toString('hex') },
    ...{ wait: clock.wait, random: () => 0 },
    lookout: createLookout(by),
    presence: createPresence(by('demotion')),
    lastSweep: lastSweepIn(present),
    ...recordedIn(participants, clock.now),
    isGone: goneFrom(stages),
  })
  const work = async (body: string, sentAt: EpochMs): Promise<void> => {
    const record = { messageId: 'm', body, attributes: { SentTimestamp: String(sentAt) } }
    const { batchItemFailures } = await worker({ Records: [record] } as unknown as SQSEvent)
    if (batchItemFailures.length > 0) await clock.wait(RETRY_MS).then(() => work(body, sentAt))
  }

  const historySeconds = 1
  const place = { stageId: stage.stageId, stageUid: stage.uid, generation: 1 }
  const eventWorker = eventsHandler({
    ...{ stages, participants, rosters, history, endings, events, sweeps, historySeconds, tellsGrants: false },
    arns: { find: async (arn) => (arn === stageArn ? place : undefined) },
    clock: clock.now,
    wait: clock.wait,
    random: () => 0,
    logger: log,
  })
  const takeIn = async (event: EventBridgeEvent): Promise<void> => {
    const record = { messageId: 'e', body: JSON.stringify(event) }
    const { batchItemFailures } = await eventWorker({ Records: [record] } as unknown as SQSEvent)
    if (batchItemFailures.length > 0) throw new Error('an event could not be taken in')
  }

  const cache = createStageCache(stages, clock.now)
  const config = {
    ...{ roles: ROLES, limits: DEFAULT_LIMITS, audit: { keepDays: 1 }, issuers: [] },
    durations: { default: MINUTES, max: MINUTES, boundByLogin: false },
  }
  const desk = createSeatDesk({
    ...{ seats, presence: createPresence(client) },
    end: async ({ stageUid }, { id, lease }) => {
      await participants.end({ stageUid, userId: lease.userId }, id, 'lapsed', clock.now())
    },
  })
  const common = { stages: cache, participants, memory: createRoleMemory(), endings, config }
  const now = meteredBy(client, { ...patience, longestWaitMs: 0 })
  return {
    ...{ clock, local, stage, participants, past, takeIn, watches },
    deps: {
      join: {
        ...common,
        seats: desk,
        tokens: { mode: 'key-pair' as const, signer: local.signer },
        randomBytes,
        afterSending: async () => {},
      },
      refresh: { ...common, seats: desk, signer: local.signer },
      leave: { ...common, seats, disconnector, audit, events, rosters },
      moderation: {
        ...{ ...common, stages: cache, audit, events, disconnector: createDisconnector(now) },
        lists: createMemoryStandingLists(participants.records),
      },
    },
    /** Whom we had disconnected, and why. */
    putOut: (): readonly { readonly id: ParticipantId; readonly reason: string }[] =>
      (audit.entries.get(stage.uid) ?? []).flatMap(({ action, participantId: id, rule: reason }) =>
        action === 'disconnected' && id !== undefined ? [{ id: id as ParticipantId, reason }] : [],
      ),
    async sweep(): Promise<void> {
      const sessionId = local.sessionNow()
      await sweepStage(
        {
          ...{ census: createCensus(client), stages, participants, rosters, present, seats, history, endings, events },
          ...{ sweeps, historySeconds, tellsGrants: false, seatLeaseSeconds: 300, clock: clock.now },
          ...{ wait: clock.wait, random: () => 0 },
        },
        { stage: place, stageArn, asks: 12, ...(sessionId !== undefined && { sessionId }) },
      )
    },
  }
}

export type StageLoop = Awaited<ReturnType<typeof aStageLoop>>
