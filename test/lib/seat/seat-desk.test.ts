import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { ParticipantId, StageUid, UserId } from '../../../lib/ids.ts'
import { createSeatDesk, type SeatWish } from '../../../lib/seat/seat-desk.ts'
import type { SeatStore } from '../../../lib/seat/seat-store.ts'
import type { Seats, SeatsKey } from '../../../lib/seat/seats.ts'
import { createMemorySeatStore } from '../../support/memory-seat-store.ts'

const key: SeatsKey = { stageUid: 'uid' as StageUid, generation: 1 }
const LEASE = 300
const NOW = 1_000

const wish = (id: string, changes: Partial<SeatWish> = {}, moderator = false): SeatWish => {
  const now = changes.now ?? NOW
  return {
    key,
    stageArn: 'arn',
    plan: { seats: 2, reserved: 0 },
    id: id as ParticipantId,
    lease: { userId: `user of ${id}` as UserId, until: now + LEASE, tokenExpiresAt: now + 10_800, moderator },
    replaces: [],
    leaseSeconds: LEASE,
    ...changes,
    now,
  }
}

async function aDesk(store: SeatStore = createMemorySeatStore()) {
  await store.open(key)
  const seen = {
    connected: new Set<string>(),
    asked: [] as string[][],
    log: [] as string[],
    fault: undefined as Fault | undefined,
  }
  const desk = createSeatDesk({
    seats: store,
    presence: {
      async connected(_, ids) {
        seen.asked.push([...ids])
        if (seen.fault) throw seen.fault
        return new Set(ids.filter((id) => seen.connected.has(id)))
      },
    },
    async end(_, { id }) {
      const held = Object.hasOwn((await store.load(key))?.leases ?? {}, id)
      seen.log.push(`end ${id} ${held ? 'while seated' : 'too late'}`)
    },
  })
  const seated = async (): Promise<string[]> => Object.keys((await store.load(key))?.leases ?? {}).sort()
  return { desk, store, seated, ...{ seen } }
}

describe('taking a seat', () => {
  it('gives what is free, and nothing more while the leases last', async () => {
    const { desk, seated, seen } = await aDesk()
    for (const [id, taken] of [
      ['a', true],
      ['b', true],
      ['c', false],
      ['a', true],
    ] as const) {
      expect(await desk.take(wish(id))).toEqual({ taken, evicted: [] })
    }
    expect(await seated()).toEqual(['a', 'b'])
    expect(seen.asked).toEqual([])
  })

  it('asks IVS only about lapsed leases; who is connected is kept for another one', async () => {
    const { desk, store, seated, seen } = await aDesk()
    await desk.take(wish('a'))
    await desk.take(wish('b', { now: NOW + 100 }))
    seen.connected.add('a')
    const later = NOW + LEASE
    expect(await desk.take(wish('c', { now: later }))).toEqual({ taken: false, evicted: [] })
    expect(seen.asked).toEqual([['a']])
    expect((await store.load(key))?.leases.a?.until).toBe(later + LEASE)
    expect(await seated()).toEqual(['a', 'b'])
    // Extended: not asked about again.
    expect((await desk.take(wish('c', { now: later + 1 }))).taken).toBe(false)
    expect(seen.asked).toHaveLength(1)
  })

  it('ends whoever is not there before their seat is given away', async () => {
    const { desk, seated, seen } = await aDesk()
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    seen.connected.add('a')
    const { taken, evicted } = await desk.take(wish('c', { now: NOW + LEASE }))
    expect({ taken, evicted: evicted.map(({ id }) => id) }).toEqual({ taken: true, evicted: ['b'] })
    expect(seen.log).toEqual(['end b while seated'])
    expect(await seated()).toEqual(['a', 'c'])
  })

  it('asks about three at most', async () => {
    const { desk, seen } = await aDesk()
    const plan = { seats: 5, reserved: 0 }
    for (const id of ['a', 'b', 'c', 'd', 'e']) await desk.take(wish(id, { plan }))
    await desk.take(wish('f', { plan, now: NOW + LEASE }))
    expect(seen.asked).toEqual([['a', 'b', 'c']])
  })

  it('gives nothing away where IVS does not answer', async () => {
    const { desk, seated, seen } = await aDesk()
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    seen.fault = new Fault('quota_backoff', 'slow down')
    await expect(desk.take(wish('c', { now: NOW + LEASE }))).rejects.toBe(seen.fault)
    expect(await seated()).toEqual(['a', 'b'])
    expect(seen.log).toEqual([])
  })

  it('hands on the seat of an ended participant of the same user, also when all are taken', async () => {
    const { desk, seated, seen } = await aDesk()
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    expect(await desk.take(wish('c', { replaces: ['a' as ParticipantId] }))).toEqual({ taken: true, evicted: [] })
    expect(await seated()).toEqual(['b', 'c'])
    expect(seen.asked).toEqual([])
  })

  it('keeps reserved seats for moderators', async () => {
    const { desk } = await aDesk()
    const plan = { seats: 3, reserved: 1 }
    expect((await desk.take(wish('m1', { plan }, true))).taken).toBe(true)
    // The moderator sits on the reserved one, which only the exact look shows.
    expect((await desk.take(wish('a', { plan }))).taken).toBe(true)
    expect((await desk.take(wish('b', { plan }))).taken).toBe(true)
    expect((await desk.take(wish('c', { plan }))).taken).toBe(false)
    expect((await desk.take(wish('m2', { plan }, true))).taken).toBe(false)
  })

  it('has none to give on a stage whose seats were never opened', async () => {
    const { desk } = await aDesk()
    expect((await desk.take(wish('a', { key: { ...key, generation: 2 } }))).taken).toBe(false)
  })

  it('looks again where someone was faster, and gives up as a fault, never as a seat', async () => {
    const inner = createMemorySeatStore()
    let lost = 0
    const slow: SeatStore = { ...inner, save: async (...args) => (lost-- > 0 ? false : inner.save(...args)) }
    const { desk, seated } = await aDesk(slow)
    await desk.take(wish('a'))
    lost = 3
    expect((await desk.take(wish('b', { replaces: ['a' as ParticipantId] }))).taken).toBe(true)
    lost = 4
    await expect(desk.take(wish('c', { replaces: ['b' as ParticipantId] }))).rejects.toThrow(Fault)
    expect(await seated()).toEqual(['b'])
  })

  it('ends nobody twice where the write after it was lost', async () => {
    const inner = createMemorySeatStore()
    let lost = 1
    const slow: SeatStore = { ...inner, save: async (...args) => (lost-- > 0 ? false : inner.save(...args)) }
    const { desk, seen, seated } = await aDesk(slow)
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    const { taken, evicted } = await desk.take(wish('c', { now: NOW + LEASE }))
    expect({ taken, evicted: evicted.map(({ id }) => id) }).toEqual({ taken: true, evicted: ['a', 'b'] })
    expect(seen.log).toHaveLength(2)
    expect(await seated()).toEqual(['c'])
  })
})

describe('what the desk remembers', () => {
  const question = (now = NOW, userId = 'x') => ({
    ...wish('x', { now }),
    lease: { ...wish('x', { now }).lease, userId: userId as UserId },
  })

  it('is only where to look first', async () => {
    const { desk, store } = await aDesk()
    const plan = { seats: 2, reserved: 0 }
    expect(desk.looksFull(key, plan, false)).toBe(false)
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    expect(desk.looksFull(key, plan, false)).toBe(true)
    expect(await desk.isFull(question())).toBe(true)
    await store.free(key, 'a' as ParticipantId)
    expect(desk.looksFull(key, plan, false)).toBe(true)
    expect(await desk.isFull(question())).toBe(false)
    expect(desk.looksFull(key, plan, false)).toBe(false)
  })

  it.each<[string, number, string, boolean]>([
    ['full while the leases last', NOW, 'x', true],
    ['perhaps not, once one is over', NOW + LEASE, 'x', false],
    ['perhaps not, for one who has a seat to hand on', NOW, 'user of a', false],
  ])('%s', async (_label, now, userId, full) => {
    const { desk } = await aDesk()
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    expect(await desk.isFull(question(now, userId))).toBe(full)
  })

  it('forgets a freed seat', async () => {
    const { desk, seated } = await aDesk()
    await desk.take(wish('a'))
    await desk.take(wish('b'))
    await desk.free(key, 'a' as ParticipantId)
    await desk.free(key, 'a' as ParticipantId)
    expect(desk.looksFull(key, { seats: 2, reserved: 0 }, false)).toBe(false)
    expect(await seated()).toEqual(['b'])
  })

  it('says of seats that were never opened that they are full', async () => {
    const { desk } = await aDesk()
    expect(await desk.isFull({ ...question(), key: { ...key, generation: 9 } })).toBe(true)
  })
})

describe('versions', () => {
  it('never stand still or go back, whoever writes', async () => {
    const { desk, store } = await aDesk()
    const versions: number[] = []
    const note = async (): Promise<void> => {
      versions.push(((await store.load(key)) as Seats).version)
    }
    await desk.take(wish('a'))
    await note()
    await desk.take(wish('b', { replaces: ['a' as ParticipantId] }))
    await note()
    await desk.free(key, 'b' as ParticipantId)
    await note()
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other))
    expect(versions).toHaveLength(3)
  })
})
