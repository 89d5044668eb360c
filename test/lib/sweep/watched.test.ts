import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { createEndings } from '../../../lib/ending/endings.ts'
import { endingsOf } from '../../../lib/ending/endings-of.ts'
import { lastSweepIn } from '../../../lib/ending/last-sweep.ts'
import { writeMessage } from '../../../lib/ending/message.ts'
import { endingsHandler } from '../../../lib/ending/work.handler.ts'
import { Fault } from '../../../lib/fault.ts'
import type { ParticipantId, StageId, StageUid, UserId } from '../../../lib/ids.ts'
import type { Attendee, Census } from '../../../lib/ivs/census.ts'
import type { Priority } from '../../../lib/ivs/quota.ts'
import { withQuota } from '../../../lib/ivs/with-quota.ts'
import { ban } from '../../../lib/participant/moderate.ts'
import { emptyRecord } from '../../../lib/participant/user-record.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { ownTags } from '../../../lib/stages/own-tags.ts'
import { reconcile } from '../../../lib/sweep/reconcile.ts'
import type { ReconcileDeps } from '../../../lib/sweep/reconcile-deps.ts'
import { createMemoryAuditStore } from '../../support/memory-audit-store.ts'
import { createMemoryHistoryStore } from '../../support/memory-history-store.ts'
import { createMemoryParticipantStore } from '../../support/memory-participant-store.ts'
import { createMemoryQuota } from '../../support/memory-quota.ts'
import { createMemoryRosterStore } from '../../support/memory-roster-store.ts'
import { createMemorySeatStore } from '../../support/memory-seat-store.ts'
import { createMemoryStageStore } from '../../support/memory-stage-store.ts'
import {
  createMemoryLiveStore,
  createMemoryPresentStore,
  createMemoryRunLock,
  createMemorySweepRequests,
} from '../../support/memory-sweep-stores.ts'
import { createMemoryWatchStore } from '../../support/memory-watch-store.ts'
import { aParticipant, T0 } from '../../support/participants.ts'
import { arnOf, aStage } from '../../support/stages.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

const MINUTE = 60_000
/** As `serverless.yml` has it. */
const LOOKERS = 5
/** What `docs/moderation.md` says of an id that appears, and for its disconnect to go out. */
const BOUND_MS = 60_000 + 1_000

/** Where neither a sweep nor a look finds a place: after 75 s, at the next try, IVS is asked by id. */
const SLOW_BOUND_MS = 75_000 + 15_000 + 1_000

interface Room {
  readonly stage: Stage
  readonly people: Map<string, Attendee>
}

/** Stages with their sweeps, and with the looks for users who are banned from them, on one quota of four calls a second. */
async function aWorld({ rooms, peopleEach }: { readonly rooms: number; readonly peopleEach: number }) {
  const clock = createVirtualClock(T0)
  const [stages, participants, seats] = [
    createMemoryStageStore(),
    createMemoryParticipantStore(),
    createMemorySeatStore(),
  ]
  const present = createMemoryPresentStore()
  const sweeps = createMemorySweepRequests()
  const all: Room[] = []
  const calls: { readonly operation: string; readonly at: number; readonly about: string; readonly by: Priority }[] = []
  const poisoned = new Set<string>()
  const quota = createMemoryQuota({ share: 0.8, clock: clock.now })
  const call = <T>(by: Priority, operation: string, about: string, answer: () => T, patience = 20_000): Promise<T> =>
    withQuota({ quota, wait: clock.wait, random: () => 0.5, longestWaitMs: patience }, operation, by, async () => {
      calls.push({ operation, at: clock.now(), about, by })
      await clock.wait(100)
      return answer()
    })
  const roomOf = (stageArn: string) => all.find(({ stage }) => stage.generation.stageArn === stageArn)
  const connectedTo = (stageArn: string): readonly Attendee[] => [...(roomOf(stageArn)?.people.values() ?? [])]

  const census: Census = {
    async *stages() {
      for (let from = 0; from < all.length; from += 100) {
        yield await call('sweep', 'ListStages', '', () =>
          all.slice(from, from + 100).map(({ stage }) => ({
            stageArn: stage.generation.stageArn,
            tags: ownTags('test', stage.stageId, stage.uid),
            sessionId: 'st-1',
          })),
        )
      }
    },
    async *connected(stageArn) {
      yield await call('sweep', 'ListParticipants', stageArn, () => {
        if (poisoned.has(stageArn)) throw new Fault('ivs_error', 'test')
        return connectedTo(stageArn)
      })
    },
    doings: async () => undefined,
    session: async () => undefined,
  }

  /** Messages that wait their time, and then for one of those who carry them out. */
  let free = LOOKERS
  const backlog: (() => Promise<void>)[] = []
  const work = async (): Promise<void> => {
    while (free > 0 && backlog.length > 0) {
      free -= 1
      void backlog
        .shift()?.()
        .then(() => {
          free += 1
          return work()
        })
    }
  }
  const deliver = (body: string, sentAt: number): void => {
    backlog.push(async () => {
      const record = { messageId: 'm', body, attributes: { SentTimestamp: String(sentAt) } }
      await clock.wait(40)
      const { batchItemFailures } = await handler({ Records: [record] } as unknown as SQSEvent)
      if (batchItemFailures.length > 0) void clock.wait(MINUTE).then(() => deliver(body, sentAt))
    })
    void work()
  }
  const endings = createEndings({
    async send(_, message, delaySeconds = 0) {
      const [body, sentAt] = [writeMessage(message), clock.now()]
      void clock.wait(delaySeconds * 1000 + 100).then(() => deliver(body, sentAt))
    },
  })
  const watches = createMemoryWatchStore()
  const logger = { info: () => {}, warn: () => {} }
  const events = { publish: async () => {} }
  const handler = endingsHandler({
    ...{ seats, watches, sweeps, endings, events, logger, auditSeconds: 1, clock: clock.now, looks: endings },
    audit: createMemoryAuditStore(),
    disconnector: {
      disconnect: ({ stageArn, participantId, priority }) =>
        call(priority, 'DisconnectParticipant', participantId, () => {
          roomOf(stageArn)?.people.delete(participantId)
        }),
    },
    lookout: {
      async connectedOf(stageArn, userId) {
        const asked = call('look', 'ListParticipants', stageArn, () => connectedTo(stageArn), 0)
        const found = await asked.catch(() => undefined)
        return found && new Set(found.filter((one) => one.userId === userId).map((one) => one.participantId as never))
      },
      surelyConnectedOf: async () => Promise.reject(new Error('nobody here is watched for by so many ids')),
      traceOf: async () => undefined,
    },
    presence: {
      async connected(stageArn, ids) {
        const found = new Set<ParticipantId>()
        for (const id of ids) {
          const isThere = () => roomOf(stageArn)?.people.has(id)
          if (await call('demotion', 'GetParticipant', id, isThere)) found.add(id)
        }
        return found
      },
    },
    lastSweep: lastSweepIn(present),
    newTurn: () => crypto.randomUUID(),
    wait: clock.wait,
    random: () => 0,
    isGone: async () => false,
    recorded: async () => undefined,
    end: async () => {},
  })

  const deps: ReconcileDeps = {
    ...{ census, stages, participants, seats, present, sweeps, endings, events, logger },
    rosters: createMemoryRosterStore(),
    history: createMemoryHistoryStore(),
    live: createMemoryLiveStore(),
    lock: createMemoryRunLock(),
    arns: {
      async find(stageArn) {
        const stage = roomOf(stageArn)?.stage
        return stage && { stageId: stage.stageId, stageUid: stage.uid, generation: 1 }
      },
    },
    ivs: { create: never, get: never, remove: never, tag: never, untag: never },
    ...{ deployment: 'test', callsPerSecond: 4, historySeconds: 86_400, seatLeaseSeconds: 300, tellsGrants: false },
    ...{ clock: clock.now, wait: clock.wait, random: () => 0.5, newHolder: () => crypto.randomUUID() },
  }

  const open = async (name: string): Promise<void> => {
    const uid = `uid-${name}` as StageUid
    const generation = { number: 1, stageArn: arnOf(name) }
    const stage = aStage({ stageId: name as StageId, uid, generation })
    await stages.create(stage)
    const room: Room = { stage, people: new Map() }
    for (let index = 0; index < peopleEach; index++) await give(room, `${name}-${index}`)
    for (const one of [...participants.records.values()].slice(-peopleEach)) appear(room, one.participants[0]?.id)
    all.push(room)
  }
  /** Somebody is given a token, which lasts for hours. */
  const give = async (room: Room, id: string): Promise<void> => {
    const key = { stageUid: room.stage.uid, userId: `user-${id}` as UserId }
    const one = aParticipant(id, { capabilities: ['SUBSCRIBE'] })
    const record = { ...emptyRecord(1), version: T0, participants: [one], live: { main: [one.id], screen: [] } }
    await participants.save(key, record, undefined)
  }
  const appear = (room: Room, participantId = ''): void => {
    const userId = `user-${participantId}`
    room.people.set(participantId, { participantId, userId, everPublished: false, replica: false })
  }
  for (let index = 0; index < rooms; index++) await open(`room-${index}`)

  return {
    ...{ clock, calls, all, call, poisoned, waiting: () => backlog.length },
    /** Uses the token, and answers for how long that lasts. */
    async comes(room: Room, id: string): Promise<number> {
      const since = clock.now()
      appear(room, id)
      while (room.people.has(id)) await clock.wait(250)
      return clock.now() - since
    },
    /** Bans a user who holds one token, which nobody has used. */
    async ban(room: Room, id: string): Promise<void> {
      await give(room, id)
      const key = { stageUid: room.stage.uid, userId: `user-${id}` as UserId }
      const seen = await participants.load(key)
      if (seen === undefined) throw new Error('nobody to ban')
      const { record, out } = ban(seen, { by: 'mo', rank: 20 }, clock.now())
      await participants.save(key, record, seen)
      await endings.send(endingsOf(room.stage, key.userId, out, 'banned'))
    },
    /** Starts a run at the beginning of each minute, and answers when the last has ended. */
    runs: (minutes: number) =>
      Promise.all(
        Array.from({ length: minutes }, (_, minute) => clock.wait(minute * MINUTE).then(() => reconcile(deps))),
      ),
    at: (operation: string, about?: string, by?: Priority) =>
      calls
        .filter((one) => (one.operation === operation && about !== undefined ? one.about === about : true))
        .filter((one) => one.operation === operation && (by === undefined || one.by === by))
        .map((one) => one.at),
  }
}

const never = (): never => {
  throw new Error('not here')
}

const mostInOneSecond = (instants: readonly number[]): number => {
  let most = 0
  for (let from = 0, to = 0; to < instants.length; to++) {
    while ((instants[to] ?? 0) - (instants[from] ?? 0) >= 1_000) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

describe('200 live stages of 50 participants, and 300 users who are watched for', () => {
  it.each([
    ['each on a stage of some', 200],
    ['all on a few stages', 6],
  ])(
    '%s: every stage is swept within a minute, whoever appears is off within the bound, and a kick goes out at once',
    async (_, spread) => {
      const world = await aWorld({ rooms: 200, peopleEach: 50 })
      const { clock, all } = world
      const roomOf = (index: number): Room => all[(index * 7) % spread] as Room
      const stays: number[] = []
      const backlog: number[] = []
      /** Banned one after the other, two and a half a second; every fourth comes, a while later. */
      const life = async (index: number): Promise<void> => {
        await clock.wait(MINUTE + index * 400)
        const room = roomOf(index)
        await world.ban(room, `banned-${index}`)
        if (index % 4 !== 0) return
        await clock.wait(2_000 + ((index * 7_919) % 170_000))
        stays.push(await world.comes(room, `banned-${index}`))
      }
      const kick = async (): Promise<number> => {
        await clock.wait(150_000)
        const asked = clock.now()
        await world.call('kick', 'DisconnectParticipant', 'kicked', () => true)
        return (world.at('DisconnectParticipant', 'kicked')[0] ?? Number.POSITIVE_INFINITY) - asked
      }
      const watching = async (): Promise<void> => {
        for (let second = 0; second < 480; second++) {
          await clock.wait(1_000)
          backlog.push(world.waiting())
        }
      }
      const lives = Array.from({ length: 300 }, (_, index) => life(index))
      const [reports, waited] = await clock.run(Promise.all([world.runs(8), kick(), watching(), ...lives]))

      expect(waited).toBeLessThanOrEqual(1_000)
      for (const operation of new Set(world.calls.map((one) => one.operation)))
        expect(mostInOneSecond(world.at(operation)), operation).toBeLessThanOrEqual(4)
      const gaps = all.map(({ stage }) => {
        const swept = [T0, ...world.at('ListParticipants', stage.generation.stageArn, 'sweep'), T0 + 478_000]
        return Math.max(...swept.slice(1).map((at, index) => at - (swept[index] ?? 0)))
      })
      expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000)
      expect(stays).toHaveLength(75)
      expect(Math.max(...stays)).toBeLessThanOrEqual(BOUND_MS)
      expect(Math.max(...backlog)).toBeLessThanOrEqual(300)
      expect(Math.max(...reports.map(({ lagSeconds }) => lagSeconds))).toBeLessThanOrEqual(60)
    },
    120_000,
  )
})

describe('a watch', () => {
  it.each([
    ['60 users, banned one every other second', 60, 2_000, BOUND_MS],
    ['200 users, banned two and a half a second, which is more looks than there are calls', 200, 400, SLOW_BOUND_MS],
  ])('needs no sweep at all to find, of %s, whoever appears', async (_, users, apartMs, boundMs) => {
    const world = await aWorld({ rooms: 20, peopleEach: 5 })
    const { clock, all } = world
    const life = async (index: number): Promise<number> => {
      await clock.wait(index * apartMs)
      const room = all[index % all.length] as Room
      await world.ban(room, `banned-${index}`)
      await clock.wait(2_000 + ((index * 7_919) % 300_000))
      return world.comes(room, `banned-${index}`)
    }
    const stays = await clock.run(Promise.all(Array.from({ length: users }, (_, index) => life(index))))
    expect(Math.max(...stays)).toBeLessThanOrEqual(boundMs)
    expect(mostInOneSecond(world.at('ListParticipants'))).toBeLessThanOrEqual(4)
  })

  it('of a stage that cannot be swept, while sweeps use all calls there are, has IVS asked about its ids', async () => {
    const world = await aWorld({ rooms: 250, peopleEach: 1 })
    const { clock, all } = world
    const room = all[3] as Room
    world.poisoned.add(room.stage.generation.stageArn)
    const life = async (): Promise<number> => {
      await clock.wait(MINUTE)
      await world.ban(room, 'banned')
      await clock.wait(20_000)
      return world.comes(room, 'banned')
    }
    const [stay, reports] = await clock.run(Promise.all([life(), world.runs(6)]))
    expect(stay).toBeLessThanOrEqual(SLOW_BOUND_MS)
    expect(reports.every(({ failures }) => failures > 0)).toBe(true)
  })
})
