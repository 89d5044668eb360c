import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../lib/domain-event/domain-event.ts'
import type { Ending } from '../../../lib/ending/ending.ts'
import { Fault } from '../../../lib/fault.ts'
import type { StageId, StageUid, UserId } from '../../../lib/ids.ts'
import type { Attendee, Census, ListedStage } from '../../../lib/ivs/census.ts'
import type { IvsStage } from '../../../lib/ivs/ivs-stages.ts'
import type { Priority } from '../../../lib/ivs/quota.ts'
import { withQuota } from '../../../lib/ivs/with-quota.ts'
import { emptyRecord } from '../../../lib/participant/user-record.ts'
import { emptyRoster } from '../../../lib/roster/roster.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { createdTag, DEPLOYMENT_TAG, ownTags } from '../../../lib/stages/own-tags.ts'
import { ontoRoster } from '../../../lib/sweep/onto-roster.ts'
import { reconcile } from '../../../lib/sweep/reconcile.ts'
import type { ReconcileDeps } from '../../../lib/sweep/reconcile-deps.ts'
import { sweepStage } from '../../../lib/sweep/sweep-stage.ts'
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
import { aParticipant, participantId, T0 } from '../../support/participants.ts'
import { arnOf, aStage } from '../../support/stages.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

const MINUTE = 60_000
const DEPLOYMENT = 'stagedoor-test'

/** A live stage as IVS has it. */
interface Room {
  readonly stage: Stage
  sessionId?: string
  people: Attendee[]
}

/** Some stages on IVS, an account's quota of which this deployment has its share, and runs started every minute. */
async function aWorld({ rooms = 0, peopleEach = 0 } = {}) {
  const clock = createVirtualClock(T0)
  const stages = createMemoryStageStore()
  const participants = createMemoryParticipantStore()
  const seats = createMemorySeatStore()
  const all: Room[] = []
  const calls: { readonly operation: string; readonly at: number; readonly about?: string }[] = []
  const trouble = new Map<string, Fault>()
  const endings: Ending[] = []
  const events: DomainEvent[] = []
  const logged: string[] = []
  const removed: string[] = []
  const strays: ListedStage[] = []
  const quota = createMemoryQuota({ share: 0.8, clock: clock.now })
  const patience = { quota, wait: clock.wait, random: () => 0.5, longestWaitMs: 20_000 }

  /** A call takes its place in the quota, and a tenth of a second. */
  const call = <T>(operation: string, answer: () => T, about?: string, priority: Priority = 'sweep'): Promise<T> =>
    withQuota(patience, operation, priority, async () => {
      calls.push({ operation, at: clock.now(), ...(about !== undefined && { about }) })
      await clock.wait(100)
      const fault = trouble.get(about ?? operation)
      if (fault !== undefined) throw fault
      return answer()
    })
  const roomOf = (stageArn: string) => all.find(({ stage }) => stage.generation.stageArn === stageArn)
  const census: Census = {
    async *stages() {
      const listed = all.map(({ stage, sessionId }) => ({
        stageArn: stage.generation.stageArn,
        tags: ownTags(DEPLOYMENT, stage.stageId, stage.uid),
        ...(sessionId !== undefined && { sessionId }),
      }))
      const everything = [...listed, ...strays]
      for (let from = 0; from === 0 || from < everything.length; from += 100) {
        yield await call('ListStages', () => everything.slice(from, from + 100))
      }
    },
    async *connected(stageArn) {
      for (let from = 0; from === 0 || from < (roomOf(stageArn)?.people.length ?? 0); from += 100) {
        yield await call('ListParticipants', () => roomOf(stageArn)?.people.slice(from, from + 100) ?? [], stageArn)
      }
    },
    doings: (stageArn, _, id) =>
      call('ListParticipantEvents', () => ({ publishing: true, at: T0 * 1000 }), `${stageArn} ${id}`),
    session: (stageArn, sessionId) =>
      call('GetStageSession', () => {
        const goesOn = roomOf(stageArn)?.sessionId === sessionId
        return { startedAt: T0, ...(!goesOn && { endedAt: clock.now() }) }
      }),
  }
  const deps: ReconcileDeps = {
    ...{ census, stages, participants, seats },
    rosters: createMemoryRosterStore(),
    present: createMemoryPresentStore(),
    history: createMemoryHistoryStore(),
    live: createMemoryLiveStore(),
    lock: createMemoryRunLock(),
    sweeps: createMemorySweepRequests(),
    arns: {
      async find(stageArn) {
        const stage = roomOf(stageArn)?.stage
        return stage && { stageId: stage.stageId, stageUid: stage.uid, generation: stage.generation.number }
      },
    },
    ivs: {
      create: async (name, tags): Promise<IvsStage> => ({
        stageArn: arnOf(`${name}-next`),
        endpoints: { events: 'wss://e', whip: 'https://w' },
        tags,
      }),
      get: async () => undefined,
      remove: async (stageArn) => {
        removed.push(stageArn)
      },
      tag: async () => {},
      untag: async () => {},
    },
    endings: { send: async (some) => void endings.push(...some) },
    events: { publish: async (some) => void events.push(...some) },
    ...{ deployment: DEPLOYMENT, callsPerSecond: 4, historySeconds: 86_400, tellsGrants: false, seatLeaseSeconds: 300 },
    ...{ clock: clock.now, wait: clock.wait, random: () => 0, newHolder: () => crypto.randomUUID() },
    logger: { info: (message) => void logged.push(message), warn: (message) => void logged.push(message) },
  }

  const open = async (name: string, people: number, settings: Partial<Stage> = {}): Promise<Room> => {
    const uid = `uid-${name}` as StageUid
    const stage = aStage({
      stageId: name as StageId,
      uid,
      generation: { number: 1, stageArn: arnOf(name) },
      ...settings,
    })
    await stages.create(stage)
    await seats.open({ stageUid: uid, generation: 1 })
    const room: Room = { stage, sessionId: `st-${name}`, people: [] }
    for (let index = 0; index < people; index++) await enter(room, `${name}-${index}`, index < 4)
    all.push(room)
    return room
  }
  /** Somebody whom we let in comes in. */
  const enter = async (room: Room, id: string, publishes = false): Promise<void> => {
    const capabilities = publishes ? (['PUBLISH', 'SUBSCRIBE'] as const) : (['SUBSCRIBE'] as const)
    const key = { stageUid: room.stage.uid, userId: `user-${id}` as UserId }
    const live = { main: [participantId(id)], screen: [] }
    const record = { ...emptyRecord(1), version: T0, participants: [aParticipant(id, { capabilities })], live }
    await participants.save(key, record, undefined)
    room.people.push({ participantId: id, userId: key.userId, everPublished: publishes, replica: false })
  }
  for (let index = 0; index < rooms; index++) await open(`room-${index}`, peopleEach)

  /** Starts a run at the beginning of each minute, and answers when the last has ended. */
  const runs = (minutes: number) => {
    const one = async (minute: number) => {
      await clock.wait(minute * MINUTE)
      return reconcile(deps)
    }
    return Promise.all(Array.from({ length: minutes }, (_, minute) => one(minute)))
  }
  const at = (operation: string, about?: string) =>
    calls
      .filter((one) => one.operation === operation && (about === undefined || one.about === about))
      .map((one) => one.at)
  return { clock, deps, call, calls, at, open, enter, all, runs, trouble, endings, events, logged, removed, strays }
}

const mostInOneSecond = (instants: readonly number[]): number =>
  Math.max(0, ...instants.map((from) => instants.filter((at) => at >= from && at < from + 1_000).length))

describe('200 live stages of 50 participants', () => {
  it('are each swept within a minute, within the share, and a kick goes out within a second', async () => {
    const world = await aWorld({ rooms: 200, peopleEach: 50 })
    const { clock, call } = world
    const kick = async (): Promise<number> => {
      await clock.wait(90_000)
      const backlog = Array.from({ length: 40 }, () =>
        call('DisconnectParticipant', () => true, 'leave', 'leave').catch(() => false),
      )
      await clock.wait(1_300)
      const asked = clock.now()
      await call('DisconnectParticipant', () => true, 'kick', 'kick')
      const [went = Number.POSITIVE_INFINITY] = world.at('DisconnectParticipant', 'kick')
      await Promise.all(backlog)
      return went - asked
    }
    const [reports, waited] = await clock.run(Promise.all([world.runs(5), kick()]))

    expect(waited).toBeLessThanOrEqual(1_000)
    for (const operation of new Set(world.calls.map((one) => one.operation))) {
      expect(mostInOneSecond(world.at(operation)), operation).toBeLessThanOrEqual(4)
    }
    for (const { stage } of world.all) {
      const sweeps = [T0, ...world.at('ListParticipants', stage.generation.stageArn), T0 + 298_000]
      const gaps = sweeps.slice(1).map((at, index) => at - (sweeps[index] ?? 0))
      expect(Math.max(...gaps), stage.stageId).toBeLessThanOrEqual(60_000)
    }
    expect(reports.map(({ stages, failures }) => [stages, failures])).toEqual(reports.map(() => [200, 0]))
    expect(Math.max(...reports.map(({ lagSeconds }) => lagSeconds))).toBeLessThanOrEqual(60)
  })
})

describe('a run', () => {
  it('ends at once where nothing is live, and asks IVS once', async () => {
    const world = await aWorld()
    const [report] = await world.clock.run(world.runs(1))
    expect(report).toEqual({ stages: 0, sweeps: 0, listed: true, failures: 0, lagSeconds: 0 })
    expect(world.calls).toHaveLength(1)
    expect(world.clock.now()).toBeLessThan(T0 + 2_000)
  })

  it('looks at the stages of no other deployment', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    world.strays.push({
      stageArn: arnOf('theirs'),
      sessionId: 'st-theirs',
      tags: { [DEPLOYMENT_TAG]: 'stagedoor-other' },
    })
    await world.clock.run(world.runs(1))
    expect(world.at('ListParticipants', arnOf('room-0')).length).toBeGreaterThan(0)
    expect(world.at('ListParticipants', arnOf('theirs'))).toEqual([])
  })

  it('is the only one, however many are started', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    const [one, other] = await world.clock.run(Promise.all([reconcile(world.deps), reconcile(world.deps)]))
    expect([one.stages, other.stages].filter((stages) => stages !== undefined)).toEqual([1])
  })

  it('takes over from one that died', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    await world.deps.lock.hold('dead', T0 + 20_000, T0)
    const [report] = await world.clock.run(world.runs(1))
    expect(report?.sweeps).toBeGreaterThan(0)
  })

  it('looks soon at a stage that is in doubt, and not before at the quiet ones', async () => {
    const world = await aWorld({ rooms: 3, peopleEach: 2 })
    const doubt = async () => {
      await world.clock.wait(30_000)
      const { stageId, uid } = world.all[1]?.stage ?? aStage()
      await world.deps.sweeps.soon({ stageId, stageUid: uid, generation: 1 })
    }
    await world.clock.run(Promise.all([world.runs(1), doubt()]))
    const sweeps = (room: number) => world.at('ListParticipants', arnOf(`room-${room}`)).map((at) => at - T0)
    expect(sweeps(1).some((at) => at > 30_000 && at < 34_000)).toBe(true)
    expect(sweeps(0).some((at) => at > 30_000 && at < 58_000)).toBe(false)
  })

  type World = Awaited<ReturnType<typeof aWorld>>
  it.each<[string, (world: World, room: Room, n: number) => Promise<unknown>]>([
    ['somebody comes', (world, room, n) => world.enter(room, `guest-${n}`)],
    ['somebody goes', async (_, room) => room.people.pop()],
    [
      'an event tells of somebody',
      async ({ deps, clock }, { stage }, n) => {
        const key = { stageUid: stage.uid, generation: 1 }
        const roster = (await deps.rosters.load(key)) ?? emptyRoster(T0)
        const heard = { participantId: participantId(`p${n}`), publishing: false, connected: false, precise: true }
        const entries = [...roster.entries, { ...heard, at: clock.now() * 1000 }]
        await deps.rosters.save(key, { ...roster, version: roster.version + 1, entries }, roster)
      },
    ],
  ])('comes sooner to a stage on which %s than to a quiet one', async (_, happen) => {
    const world = await aWorld({ rooms: 2, peopleEach: 20 })
    const lively = world.all[1] as Room
    const happening = async () => {
      for (let n = 0; n < 16; n++) {
        await world.clock.wait(10_000)
        await happen(world, lively, n)
      }
    }
    await world.clock.run(Promise.all([world.runs(3), happening()]))
    const gaps = (room: number): readonly number[] => {
      // All are new at first.
      const sweeps = world.at('ListParticipants', arnOf(`room-${room}`)).slice(1)
      return sweeps.slice(1).map((at, index) => at - (sweeps[index] ?? 0))
    }
    expect(Math.max(...gaps(1).slice(0, 5))).toBeLessThan(25_000)
    expect(Math.min(...gaps(0))).toBeGreaterThan(40_000)
  })

  it('starves no stage for one that always fails, and tries that one less and less', async () => {
    const world = await aWorld({ rooms: 4, peopleEach: 2 })
    world.trouble.set(arnOf('room-2'), new Fault('ivs_error', 'IVS ListParticipants: InternalServerException (500)'))
    const [report] = await world.clock.run(world.runs(1))
    for (const room of [0, 1, 3]) expect(world.at('ListParticipants', arnOf(`room-${room}`)).length).toBe(2)
    expect(world.at('ListParticipants', arnOf('room-2')).length).toBeLessThanOrEqual(4)
    expect(report?.lagSeconds).toBeGreaterThanOrEqual(55)
    expect(world.logged).toContain('sweep_failed')
  })

  it('sweeps what it knows while IVS lists nothing, and says that it was not told', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    await world.clock.run(world.runs(1))
    const swept = world.at('ListParticipants').length
    world.trouble.set('ListStages', new Fault('ivs_error', 'IVS ListStages: InternalServerException (500)'))
    const report = await world.clock.run(reconcile(world.deps))
    expect(report).toMatchObject({ listed: false, stages: 1 })
    expect(world.at('ListParticipants').length).toBeGreaterThan(swept)
  })
})

describe('a session', () => {
  it('that ends leaves nobody there, an end in the history, and is told', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 3 })
    const [room] = world.all
    if (room === undefined) throw new Error('there is one')
    const key = { stageUid: room.stage.uid, generation: 1 }
    await world.clock.run(world.runs(1))
    expect(await world.deps.rosters.load(key)).toMatchObject({ sessionId: 'st-room-0', audience: 3 })
    delete room.sessionId
    room.people = []
    await world.clock.run(world.runs(1))
    expect(await world.deps.rosters.load(key)).toMatchObject({ audience: 0 })
    expect((await world.deps.rosters.load(key))?.sessionId).toBeUndefined()
    const history = world.deps.history as ReturnType<typeof createMemoryHistoryStore>
    expect((await history.sessions(room.stage.uid, { limit: 9 })).items).toMatchObject([
      { sessionId: 'st-room-0', startedAt: T0 * 1000, endedAt: expect.any(Number) },
    ])
    const told = world.events.map(({ name }) => name)
    expect(told.filter((name) => name.startsWith('stage.'))).toEqual(['stage.live', 'stage.idle'])
    expect(told.filter((name) => name === 'participant.published')).toHaveLength(3)
    expect(told.filter((name) => name === 'participant.unpublished')).toHaveLength(3)
    expect(await world.deps.live.all()).toEqual([])
  })

  it('is not over because a list left it out', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    await world.clock.run(world.runs(1))
    const everything = world.deps.census.stages
    const blind = { ...world.deps, census: { ...world.deps.census, stages: async function* () {} } }
    expect(everything).toBeDefined()
    await world.clock.run(reconcile(blind))
    expect(world.events.filter(({ name }) => name === 'stage.idle')).toEqual([])
  })

  it('past the end of its stage is over for everyone', async () => {
    const world = await aWorld()
    const room = await world.open('late', 2, { endsAt: T0 / 1000 + 30 })
    await world.clock.run(world.runs(2))
    const record = await world.deps.stages.get(room.stage.stageId)
    expect(record?.generation).toEqual({ number: 2, stageArn: arnOf('late-next') })
    expect(world.removed).toContain(arnOf('late'))
  })
})

describe('a stage where nobody publishes any more', () => {
  it('is emptied after its idle time, and not while somebody does', async () => {
    const world = await aWorld()
    const quiet = await world.open('quiet', 0, { idleMinutes: 3 })
    await world.enter(quiet, 'viewer')
    const busy = await world.open('busy', 2, { idleMinutes: 3 })
    await world.clock.run(world.runs(3))
    expect(world.removed).toEqual([])
    await world.clock.run(world.runs(2))
    expect(world.removed).toContain(arnOf('quiet'))
    expect((await world.deps.stages.get(quiet.stage.stageId))?.generation.number).toBe(2)
    expect((await world.deps.stages.get(busy.stage.stageId))?.generation.number).toBe(1)
  })
})

describe('people', () => {
  it('who came and went between two sweeps are counted, and told of when they go', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    const [room] = world.all
    if (room === undefined) throw new Error('there is one')
    await world.enter(room, 'visitor')
    await world.clock.run(world.runs(1))
    const key = { stageUid: room.stage.uid, userId: 'user-visitor' as UserId }
    expect((await world.deps.participants.load(key))?.connected.main).toEqual(['visitor'])
    room.people = room.people.filter((one) => one.participantId !== 'visitor')
    await world.clock.run(world.runs(1))
    expect((await world.deps.participants.load(key))?.connected.main).toEqual([])
    expect(world.events).toContainEqual(
      expect.objectContaining({ name: 'participant.disconnected', participantId: 'visitor' }),
    )
  })

  it('who are there although they have ended are put out', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 2 })
    const key = { stageUid: world.all[0]?.stage.uid as StageUid, userId: 'user-room-0-1' as UserId }
    await world.deps.participants.end(key, participantId('room-0-1'), 'banned', T0)
    await world.clock.run(world.runs(1))
    expect(world.endings[0]).toMatchObject({ participantId: 'room-0-1', reason: 'banned', priority: 'ban' })
  })

  it('who publish without the right are ended in the books and put out', async () => {
    const world = await aWorld()
    const room = await world.open('room-0', 0)
    await world.enter(room, 'viewer')
    room.people = room.people.map((one) => ({ ...one, everPublished: true }))
    await world.clock.run(world.runs(1))
    const key = { stageUid: room.stage.uid, userId: 'user-viewer' as UserId }
    expect((await world.deps.participants.load(key))?.participants).toMatchObject([{ id: 'viewer', ended: 'demoted' }])
    expect(world.endings[0]).toMatchObject({ participantId: 'viewer', reason: 'demoted', priority: 'demotion' })
  })

  it('whom we did not let in are shown and left alone, and put out where the stage is strict', async () => {
    const stranger = { participantId: 'stranger', userId: 'user-room-0-0', everPublished: false, replica: false }
    for (const strict of [false, true]) {
      const world = await aWorld()
      const room = await world.open('room-0', 1, { strict })
      room.people.push(stranger, { ...stranger, participantId: 'copy', replica: true })
      await world.clock.run(world.runs(1))
      expect(new Set(world.endings.map((one) => one.participantId))).toEqual(new Set(strict ? ['stranger'] : []))
      const page = await world.deps.present.page({ stageUid: room.stage.uid, generation: 1 }, 0)
      expect(page?.people).toEqual([
        { participantId: 'room-0-0', userId: 'user-room-0-0' },
        { participantId: 'stranger' },
        { participantId: 'copy' },
      ])
    }
  })

  it('hold their seats while they are there, and lose them once they are not and the lease is over', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 2 })
    const key = { stageUid: world.all[0]?.stage.uid as StageUid, generation: 1 }
    const lease = { tokenExpiresAt: T0 / 1000 + 9_999, moderator: false }
    const until = T0 / 1000 - 1
    await world.deps.seats.load(key)
    const seats = world.deps.seats as ReturnType<typeof createMemorySeatStore>
    await seats.take(key, participantId('room-0-0'), { ...lease, userId: 'user-room-0-0' as UserId, until }, 12)
    await seats.take(key, participantId('gone'), { ...lease, userId: 'user-gone' as UserId, until }, 12)
    await world.clock.run(world.runs(1))
    const leases = (await seats.load(key))?.leases ?? {}
    expect(Object.keys(leases)).toEqual(['room-0-0'])
    expect(leases['room-0-0']?.until).toBeGreaterThan(T0 / 1000 + 299)
  })
})

describe('IVS stages that nothing leads to', () => {
  it('are deleted an hour after we made them, and no others', async () => {
    const world = await aWorld()
    const { stageId } = aStage()
    const tags = ownTags(DEPLOYMENT, stageId, 'uid-old' as StageUid)
    world.strays.push(
      { stageArn: arnOf('orphan'), tags: { ...tags, ...createdTag(T0 - 61 * MINUTE) } },
      { stageArn: arnOf('young'), tags: { ...tags, ...createdTag(T0 - MINUTE) } },
      { stageArn: arnOf('adopted'), tags },
      {
        stageArn: arnOf('theirs'),
        tags: { ...tags, ...createdTag(T0 - 61 * MINUTE), [DEPLOYMENT_TAG]: 'stagedoor-other' },
      },
    )
    await world.clock.run(world.runs(16))
    expect(new Set(world.removed)).toEqual(new Set([arnOf('orphan')]))
  })

  it('are deleted beside the sweeps, some in a run, however long each takes and whichever cannot be', async () => {
    const world = await aWorld({ rooms: 4, peopleEach: 2 })
    const { clock, deps } = world
    const tags = { ...ownTags(DEPLOYMENT, aStage().stageId, 'uid-old' as StageUid), ...createdTag(T0 - 61 * MINUTE) }
    const strays = Array.from({ length: 70 }, (_, n) => ({ stageArn: arnOf(`orphan-${n}`), tags }))
    world.strays.push(...strays)
    const remove = async (stageArn: string) => {
      await clock.wait(1_000)
      if (stageArn === arnOf('orphan-0')) throw new Fault('ivs_error', 'IVS DeleteStage: ConflictException (409)')
      world.removed.push(stageArn)
      world.strays.splice(
        world.strays.findIndex((one) => one.stageArn === stageArn),
        1,
      )
    }
    const ivs = { ...deps.ivs, remove }
    const run = async (minute: number) => {
      await clock.wait(minute * MINUTE)
      const before = world.removed.length
      const report = await reconcile({ ...deps, ivs })
      return { ...report, removed: world.removed.length - before }
    }
    const reports = await clock.run(Promise.all(Array.from({ length: 18 }, (_, minute) => run(minute))))
    expect(reports.map(({ removed }) => removed).filter((removed) => removed > 0)).toEqual([49, 20])
    expect(reports.map(({ failures }) => failures)).toEqual(reports.map(() => 0))
    expect(Math.max(...reports.map(({ lagSeconds }) => lagSeconds))).toBeLessThanOrEqual(46)
    for (const { stage } of world.all) {
      const sweeps = world.at('ListParticipants', stage.generation.stageArn)
      const gaps = sweeps.slice(1).map((at, index) => at - (sweeps[index] ?? 0))
      expect(Math.max(...gaps), stage.stageId).toBeLessThanOrEqual(46_000)
    }
    expect(new Set(world.logged)).toEqual(new Set(['orphan_removed', 'orphan_left']))
  })
})

describe('a reset or a deletion that was cut off', () => {
  const long = { updatedAt: T0 - 2 * MINUTE, version: 2 }
  const namesOf = (world: Awaited<ReturnType<typeof aWorld>>) =>
    world.events.map(({ name }) => name).filter((name) => name === 'stage.reset' || name === 'stage.deleted')
  /** As it was left: the record is of the next generation, and whoever was there still is. */
  const leftReset = async (people: number, changes: Partial<Stage> = {}) => {
    const world = await aWorld()
    const room = await world.open('hall', people)
    const { stage } = room
    const cut: Stage = {
      ...{ ...stage, ...long, generation: { number: 2, stageArn: arnOf('hall-next') } },
      ...{ retired: [stage.generation.stageArn], untold: [{ generation: 2, at: T0 - 2 * MINUTE }], ...changes },
    }
    await world.deps.stages.save(cut, stage)
    return { ...world, stage, stored: () => world.deps.stages.get(stage.stageId) }
  }

  it('is finished within the minute where somebody is still there', async () => {
    const world = await leftReset(1)
    await world.clock.run(world.runs(1))
    expect(namesOf(world)).toEqual(['stage.reset'])
    expect(world.removed).toEqual([world.stage.generation.stageArn])
    expect(await world.stored()).toMatchObject({ generation: { number: 2 }, retired: [] })
    expect(await world.stored()).not.toHaveProperty('untold')
  })

  it('is finished within a quarter of an hour where nobody is', async () => {
    const world = await leftReset(0)
    await world.clock.run(world.runs(16))
    expect(namesOf(world)).toEqual(['stage.reset'])
    expect(await world.stored()).toMatchObject({ retired: [] })
  })

  it('is left alone where it is under way', async () => {
    const world = await leftReset(1, { updatedAt: T0 })
    await world.clock.run(world.runs(1))
    expect([namesOf(world), world.removed]).toEqual([[], []])
  })

  it('is finished by the first run where IVS has nothing of it any more', async () => {
    const world = await aWorld()
    const stage = aStage()
    await world.deps.stages.create(stage)
    await world.deps.stages.save({ ...stage, ...long, deleting: true }, stage)
    await world.clock.run(world.runs(1))
    expect(namesOf(world)).toEqual(['stage.deleted'])
    expect(await world.deps.stages.get(stage.stageId)).toBeUndefined()
  })

  it('that cannot be finished fails no sweep, and is tried again', async () => {
    const world = await leftReset(1)
    let broken = true
    const ivs = {
      ...world.deps.ivs,
      remove: async (stageArn: string) => {
        if (broken) throw new Fault('ivs_error', 'IVS did not answer')
        world.removed.push(stageArn)
      },
    }
    const mend = async () => {
      await world.clock.wait(15_000)
      broken = false
    }
    const [report] = await world.clock.run(Promise.all([reconcile({ ...world.deps, ivs }), mend()]))
    expect(report).toMatchObject({ failures: 0 })
    expect(world.logged).toContain('stage_unfinished')
    expect(world.removed).toEqual([world.stage.generation.stageArn])
  })
})

describe('a publisher of whom nothing is learnt', () => {
  const SWEEPS = 40
  const PACE = 45_000
  /** Sweeps with room for one question each, of a stage where four publish: whom IVS was asked about in each. */
  const askedIn = async (
    answer: (id: string) => ReturnType<Census['doings']>,
    between: (
      world: Awaited<ReturnType<typeof aWorld>>,
      key: { stageUid: StageUid; generation: number },
    ) => Promise<void>,
  ) => {
    const world = await aWorld({ rooms: 1, peopleEach: 4 })
    const { stage } = world.all[0] as Room
    const place = { stageId: stage.stageId, stageUid: stage.uid, generation: 1 }
    const rounds: string[][] = []
    const census: Census = {
      ...world.deps.census,
      doings: (_, __, id) => {
        rounds.at(-1)?.push(id)
        return answer(id)
      },
    }
    const sweeps = async () => {
      for (let n = 0; n < SWEEPS; n++) {
        rounds.push([])
        const target = { stage: place, stageArn: stage.generation.stageArn, sessionId: 'st-room-0', asks: 1 }
        await sweepStage({ ...world.deps, census }, target)
        await between(world, place)
        await world.clock.wait(PACE)
      }
    }
    await world.clock.run(sweeps())
    return { ...world, rounds }
  }
  const publishes = async () => ({ publishing: true, at: T0 * 1000 })
  const others = ['room-0-1', 'room-0-2', 'room-0-3']
  const keepsOthersWaiting = (rounds: readonly (readonly string[])[]): number =>
    Math.max(
      ...others.map((id) => {
        const turns = [-1, ...rounds.flatMap((round, n) => (round.includes(id) ? [n] : [])), rounds.length]
        return Math.max(...turns.slice(1).map((n, index) => n - (turns[index] ?? 0)))
      }),
    )
  const inDoubt = async (
    { deps, clock }: Awaited<ReturnType<typeof aWorld>>,
    key: { stageUid: StageUid; generation: number },
  ) => {
    const roster = (await deps.rosters.load(key)) ?? emptyRoster(T0)
    const rest = roster.entries.filter(({ participantId: id }) => id !== 'room-0-0')
    const doubted = { participantId: participantId('room-0-0'), publishing: true, connected: true, precise: false }
    const entries = [...rest, { ...doubted, at: clock.now() * 1000, doubtful: true as const }]
    await deps.rosters.save(key, { ...roster, version: roster.version + 1, entries }, roster)
  }

  it.each<[string, () => ReturnType<Census['doings']>, typeof inDoubt]>([
    ['IVS has more to say of them than is read', async () => undefined, async () => {}],
    ['the same, who is in doubt again after each sweep', async () => undefined, inDoubt],
    ['IVS fails each time', () => Promise.reject(new Fault('ivs_error', 'InternalServerException')), async () => {}],
    ['they are never on the roster, as they stopped', async () => ({ publishing: false }), async () => {}],
  ])('takes no question from the others for long: %s', async (_, answer, between) => {
    const { rounds } = await askedIn((id) => (id === 'room-0-0' ? answer() : publishes()), between)
    expect(rounds.every((round) => round.length <= 1)).toBe(true)
    expect(keepsOthersWaiting(rounds)).toBeLessThanOrEqual(5)
  })

  it('is asked about again, not before five minutes are over', async () => {
    const { rounds } = await askedIn((id) => (id === 'room-0-0' ? Promise.resolve(undefined) : publishes()), inDoubt)
    const turns = rounds.flatMap((round, n) => (round.includes('room-0-0') ? [n * PACE] : []))
    const pauses = turns.slice(1).map((at, index) => at - (turns[index] ?? 0))
    expect(pauses.length).toBeGreaterThanOrEqual(4)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(300_000)
  })

  it('is put out all the same once they have ended', async () => {
    const answer = async (id: string) => (id === 'room-0-0' ? undefined : publishes())
    const ended = async ({ deps }: Awaited<ReturnType<typeof aWorld>>, key: { stageUid: StageUid }) => {
      const user = { stageUid: key.stageUid, userId: 'user-room-0-0' as UserId }
      await deps.participants.end(user, participantId('room-0-0'), 'banned', T0)
    }
    const { endings } = await askedIn(answer, ended)
    expect(new Set(endings.map(({ participantId: id, reason }) => `${id} ${reason}`))).toEqual(
      new Set(['room-0-0 banned']),
    )
  })
})

describe('what a sweep changed', () => {
  it('is told by the next where this one could not', async () => {
    const world = await aWorld({ rooms: 1, peopleEach: 1 })
    let broken = true
    const events = {
      publish: async (some: readonly DomainEvent[]) => {
        if (broken) throw new Fault('storage_unavailable', 'EventBridge PutEvents: InternalException')
        world.events.push(...some)
      },
    }
    const mend = async () => {
      await world.clock.wait(12_000)
      broken = false
    }
    await world.clock.run(Promise.all([reconcile({ ...world.deps, events }), mend()]))
    expect(world.events.map(({ name }) => name)).toEqual(['participant.published', 'stage.live'])
    expect(
      (await world.deps.rosters.load({ stageUid: world.all[0]?.stage.uid as StageUid, generation: 1 }))?.untold,
    ).toBeUndefined()
  })

  it('is carried by the roster up to a hundred happenings, the oldest of which go first', async () => {
    const world = await aWorld({ rooms: 1 })
    const { stage } = world.all[0] as Room
    const place = { stageId: stage.stageId, stageUid: stage.uid, generation: 1 }
    const told: DomainEvent[] = []
    let broken = true
    const publish = async (some: readonly DomainEvent[]) => {
      if (broken) throw new Fault('storage_unavailable', 'EventBridge PutEvents: InternalException')
      told.push(...some)
    }
    const ids = Array.from({ length: 12 }, (_, n) => participantId(`p${n}`))
    const swept = async (n: number) => {
      const publishing = new Map(ids.map((id) => [id, { publishing: n % 2 === 0 }]))
      const connected = new Set(ids)
      const sweep = { at: T0 + n * MINUTE, sessionId: 'st-room-0', connected, publishing, minted: new Map() }
      const before = await world.deps.rosters.load(place)
      await ontoRoster(
        { ...world.deps, events: { publish } },
        { stage: place, stageArn: arnOf('room-0'), asks: 12 },
        sweep,
        before,
      )
    }
    for (let n = 0; n < 40; n++) await expect(swept(n)).rejects.toThrow(Fault)
    const untold = (await world.deps.rosters.load(place))?.untold ?? []
    expect(untold).toHaveLength(100)
    expect(untold.at(-1)?.at).toBe(T0 + 39 * MINUTE)
    broken = false
    await swept(40)
    expect(told.slice(0, 100)).toEqual(untold)
    expect(told).toHaveLength(112)
    expect((await world.deps.rosters.load(place))?.untold).toBeUndefined()
  })
})
