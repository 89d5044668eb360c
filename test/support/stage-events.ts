import type { DomainEvent } from '../../lib/domain-event/domain-event.ts'
import type { Ending } from '../../lib/ending/ending.ts'
import type { EventDeps } from '../../lib/event/event-deps.ts'
import type { ParticipantEventBase, StageEvent } from '../../lib/event/stage-event.ts'
import { type Taken, takeEvents } from '../../lib/event/take-events.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../lib/participant/user-record.ts'
import { seatsKeyOf } from '../../lib/seat/seat-wish.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import type { StageOfArn } from '../../lib/stage/stage-arns.ts'
import { microsOf } from '../../lib/time.ts'
import { createMemoryHistoryStore } from './memory-history-store.ts'
import { createMemoryParticipantStore } from './memory-participant-store.ts'
import { createMemoryRosterStore } from './memory-roster-store.ts'
import { createMemoryStageStore } from './memory-stage-store.ts'
import { aParticipant, T0, userKey } from './participants.ts'
import { aStage } from './stages.ts'

/** Pauses of whoever writes what others write too, without the waiting. */
export const IN_NO_TIME = { wait: async (): Promise<void> => {}, random: () => 0 }

/** One event by itself: answers what became of it, or throws what kept it from being taken in. */
export async function takeEvent(deps: EventDeps, event: StageEvent): Promise<Taken> {
  const [taken] = await takeEvents(deps, [event])
  if (taken?.status !== 'fulfilled') throw taken?.reason
  return taken.value
}

/** One stage, and everything that taking in events needs, in memory. `faults` are thrown by what is named, while set. */
export async function anEventScene(changes: Partial<Stage> = {}) {
  const stage = aStage(changes)
  const stages = createMemoryStageStore()
  await stages.create(stage)
  const participants = createMemoryParticipantStore()
  const rosters = createMemoryRosterStore()
  const history = createMemoryHistoryStore()
  const sent: Ending[] = []
  const told: DomainEvent[] = []
  const sweeps: StageOfArn[] = []
  const faults: Partial<Record<'endings' | 'events' | 'sweeps' | 'history' | 'rosters' | 'participants', Error>> = {}
  const unless = (name: keyof typeof faults): void => {
    const fault = faults[name]
    if (fault !== undefined) throw fault
  }
  const clock = { now: T0 }
  const place: StageOfArn = { stageId: stage.stageId, stageUid: stage.uid, generation: stage.generation.number }
  const deps: EventDeps = {
    arns: { find: async (arn) => (arn === stage.generation.stageArn ? place : undefined) },
    stages,
    participants: {
      ...participants,
      async save(key, record, seen) {
        unless('participants')
        return participants.save(key, record, seen)
      },
    },
    rosters: {
      ...rosters,
      async save(key, roster, seen) {
        unless('rosters')
        return rosters.save(key, roster, seen)
      },
    },
    history: {
      ...history,
      async append(...entry) {
        unless('history')
        await history.append(...entry)
      },
    },
    endings: {
      async send(endings) {
        unless('endings')
        sent.push(...endings)
      },
    },
    events: {
      async publish(events) {
        unless('events')
        told.push(...events)
      },
    },
    sweeps: {
      async soon(one) {
        unless('sweeps')
        sweeps.push(one)
      },
    },
    historySeconds: 1,
    tellsGrants: false,
    clock: () => clock.now,
    ...IN_NO_TIME,
  }
  const key = userKey('ada', stage.uid)
  return {
    ...{ stage, deps, sent, told, sweeps, faults, clock },
    /** Something IVS says of `p1` of ada's, so many seconds after `T0`, changed as the test says. */
    event: (seconds = 1, base: Partial<ParticipantEventBase> = {}): ParticipantEventBase => ({
      ...{ id: `event-${seconds}`, stageArn: stage.generation.stageArn, at: microsOf(T0 + seconds * 1000) },
      ...{ precise: true, detail: 'd', sessionId: 'st-1', participantId: 'p1', userId: 'ada', replica: false },
      ...base,
    }),
    record: () => participants.load(key),
    async put(record: UserRecord): Promise<void> {
      if (!(await participants.save(key, record, await participants.load(key)))) throw new Error('not written')
    },
    roster: () => rosters.load(seatsKeyOf(stage)),
    histories: async (sessionId = 'st-1') => (await history.entries(stage.uid, sessionId, { limit: 100 })).items,
    sessions: async () => (await history.sessions(stage.uid, { limit: 100 })).items,
  }
}

const holding = (one: Partial<Participant> = {}): UserRecord => {
  const participant = aParticipant('p1', { role: 'speaker', capabilities: ['PUBLISH', 'SUBSCRIBE'], ...one })
  const live = { main: one.ended === undefined ? [participant.id] : [], screen: [] }
  return { ...emptyRecord(1), version: T0, participants: [participant], live }
}

/** The same, with `p1` of ada's in the books, who may publish unless the test says otherwise, and each event taken in at once. */
export async function aHolderScene(one?: Partial<Participant>, strict = false) {
  const made = await anEventScene({ strict })
  await made.put(holding(one))
  return {
    ...made,
    take: (event: StageEvent) => takeEvent(made.deps, event),
    published: (seconds = 1, changes = {}): StageEvent => ({ ...made.event(seconds, changes), kind: 'published' }),
    unpublished: (seconds = 1, changes = {}): StageEvent => ({ ...made.event(seconds, changes), kind: 'unpublished' }),
    exchanged: (capabilities: Participant['capabilities'], seconds = 1): StageEvent => ({
      ...made.event(seconds),
      kind: 'token_exchanged',
      previous: { capabilities: ['SUBSCRIBE'] },
      next: { capabilities },
    }),
  }
}
