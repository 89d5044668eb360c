import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { eventsHandler } from '../../../lib/event/events.handler.ts'
import { takeEvents } from '../../../lib/event/take-events.ts'
import { Fault } from '../../../lib/fault.ts'
import type { UserId } from '../../../lib/ids.ts'
import { emptyRecord } from '../../../lib/participant/user-record.ts'
import { aBurst, type BurstStage } from '../../support/burst.ts'
import { aParticipant, T0 } from '../../support/participants.ts'
import { seedsOr } from '../../support/seeds.ts'
import { aHolderScene, anEventScene } from '../../support/stage-events.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'
import { randomOf } from '../sweep/lives.ts'

const BATCH = 10
/** Of one call to the table, at the most. */
const SLOW_MS = 100

/** Batches are taken by so many at once, as they are deployed. */
const POLLERS = 10

/** So many batches of one stage, ten at a time; each call to the table takes its time. */
async function atOnce(batches: number, seed: number) {
  const { stages, bodies } = aBurst(seed, 1, batches * BATCH)
  const stage = stages[0] as BurstStage
  const made = await anEventScene()
  const clock = createVirtualClock(T0)
  const random = randomOf(seed)
  const part = (): number => random.below(1_000) / 1_000
  const taking = async <T>(work: Promise<T>): Promise<T> => {
    await clock.wait(part() * SLOW_MS)
    const done = await work
    await clock.wait(part() * SLOW_MS)
    return done
  }
  const { rosters, participants, history } = made.deps
  // One user has them all: their record is written by everybody, too.
  const ada = { stageUid: made.stage.uid, userId: 'ada' as UserId }
  const ours = stage.people.map(({ id }) => aParticipant(id, { capabilities: ['PUBLISH', 'SUBSCRIBE'] }))
  const record = { ...emptyRecord(1), version: T0, participants: ours }
  await participants.save(ada, { ...record, live: { main: ours.map(({ id }) => id), screen: [] } }, undefined)

  const outcomes: unknown[] = []
  const log = (_: string, fields: { readonly outcome?: unknown }): void => void outcomes.push(fields.outcome)
  const handler = eventsHandler({
    ...made.deps,
    ...{ clock: clock.now, wait: clock.wait, random: part, logger: { info: log, warn: log } },
    arns: { find: async () => ({ stageId: made.stage.stageId, stageUid: made.stage.uid, generation: 1 }) },
    rosters: {
      load: (key) => taking(rosters.load(key)),
      save: async (key, roster, seen) =>
        taking(clock.wait(part() * SLOW_MS).then(() => rosters.save(key, roster, seen))),
    },
    participants: {
      ...participants,
      load: (key) => taking(participants.load(key)),
      save: async (key, one, seen) =>
        taking(clock.wait(part() * SLOW_MS).then(() => participants.save(key, one, seen))),
    },
    history: { ...history, append: (...entry) => taking(history.append(...entry)) },
  })
  const batchOf = (some: readonly string[]): SQSEvent =>
    ({
      Records: some.map((body, n) => ({
        messageId: `m${n}`,
        body: body.replace(/"user_id":"[^"]+"/, '"user_id":"ada"'),
      })),
    }) as SQSEvent
  const all = Array.from({ length: batches }, (_, n) => bodies.slice(n * BATCH, (n + 1) * BATCH))
  const waiting = all.values()
  const runs: { readonly failed: number; readonly ms: number }[] = []
  const poller = async (): Promise<void> => {
    for (const some of waiting) {
      const began = clock.now()
      const { batchItemFailures } = await handler(batchOf(some))
      runs.push({ failed: batchItemFailures.length, ms: clock.now() - began })
    }
  }
  await clock.run(Promise.all(Array.from({ length: POLLERS }, poller)))
  const failed = runs.reduce((sum, run) => sum + run.failed, 0)
  const longestMs = Math.max(...runs.map(({ ms }) => ms))
  return { made, stage, failed, outcomes, longestMs, record: await participants.load(ada) }
}

describe('many batches of one stage at once', () => {
  it.each(seedsOr(12))('are all taken in at their first delivery, each change once: seed %i', async (seed) => {
    const { made, failed, outcomes, longestMs } = await atOnce(100, seed)
    expect(failed).toBe(0)
    const applied = outcomes.filter((outcome) => outcome === 'applied').length
    expect(applied).toBeGreaterThan(20)
    expect((await made.roster())?.version).toBe(applied)
    // Of the clock the table and the pauses are slow by; the function has thirty seconds.
    expect(longestMs).toBeLessThan(25_000)
  })

  it('leave the roster and the user as the latest of them says', async () => {
    const { made, stage, record } = await atOnce(30, 4)
    const publishing = (await made.roster())?.entries.filter((one) => one.publishing)
    const isOurs = new Set(stage.people.filter(({ is }) => is !== 'replica').map(({ id }) => id))
    expect(new Set(record?.connected.main)).toEqual(
      new Set(publishing?.map(({ participantId }) => participantId).filter((id) => isOurs.has(id))),
    )
  })
})

describe('events of one stage in a batch', () => {
  it('are one write of its roster and one of each user, and told in one go', async () => {
    const { deps, published, unpublished, roster, record, told } = await aHolderScene()
    const calls: string[] = []
    const noting = <T extends object>(name: string, store: T): T =>
      new Proxy(store, {
        get(target, method: string) {
          calls.push(`${name}.${method}`)
          return (target as Record<string, unknown>)[method]
        },
      })
    const taken = await takeEvents(
      {
        ...deps,
        ...{ rosters: noting('rosters', deps.rosters), participants: noting('participants', deps.participants) },
        events: noting('events', deps.events),
      },
      [published(3), unpublished(2), published(1)],
    )
    expect(taken).toEqual(['applied', 'applied', 'applied'].map((value) => ({ status: 'fulfilled', value })))
    expect(calls.toSorted()).toEqual([
      ...['events.publish', 'participants.load', 'participants.save', 'rosters.load', 'rosters.save'],
    ])
    expect(await roster()).toMatchObject({ version: 3, entries: [{ publishing: true }] })
    expect((await record())?.connected.main).toEqual(['p1'])
    expect(told.map(({ name, version }) => [name, version])).toEqual([
      ['stage.live', 1],
      ['participant.published', 1],
      ['participant.unpublished', 2],
      ['participant.published', 3],
    ])
  })

  it('fail alone where the trouble is their own, and together where it is not', async () => {
    const { deps, published, unpublished, roster } = await aHolderScene()
    const trouble = new Fault('storage_unavailable', 'test')
    const append: typeof deps.history.append = async (uid, session, entry, ttl) => {
      if (entry.name === 'published') throw trouble
      await deps.history.append(uid, session, entry, ttl)
    }
    const events = [published(1), unpublished(2)]
    expect(await takeEvents({ ...deps, history: { ...deps.history, append } }, events)).toMatchObject([
      { status: 'rejected', reason: trouble },
      { status: 'fulfilled', value: 'applied' },
    ])
    expect((await roster())?.version).toBe(1)
    const save = async () => Promise.reject(trouble)
    expect(await takeEvents({ ...deps, rosters: { ...deps.rosters, save } }, [published(3), published(4)])).toEqual([
      { status: 'rejected', reason: trouble },
      { status: 'rejected', reason: trouble },
    ])
  })

  it('that the bus did not take are left on the roster too: what is old news by their return, a sweep tells', async () => {
    const { deps, published, unpublished, roster, faults, take, told } = await aHolderScene()
    faults.events = new Fault('storage_unavailable', 'test')
    const failed = await takeEvents(deps, [published(1), unpublished(2)])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    delete faults.events
    expect([await take(published(1)), await take(unpublished(2))]).toEqual(['late', 'repeated'])
    expect(told.map(({ name }) => name)).toEqual(['participant.unpublished'])
    expect((await roster())?.untold?.map(({ name }) => name)).toEqual([
      ...['stage.live', 'participant.published', 'participant.unpublished'],
    ])
  })

  it('that the bus does not take all day leave a hundred on the roster; the later ones come again by themselves', async () => {
    const { deps, published, unpublished, roster, faults } = await aHolderScene()
    faults.events = new Fault('storage_unavailable', 'test')
    for (let n = 1; n <= 120; n++) await takeEvents(deps, [n % 2 === 0 ? unpublished(n) : published(n)])
    const untold = (await roster())?.untold ?? []
    expect(untold).toHaveLength(100)
    expect([...new Set(untold.map(({ at }) => at))]).toEqual(Array.from({ length: 99 }, (_, n) => T0 + (n + 1) * 1000))
  })
})
