import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ParticipantId, StageUid, UserId } from '../../lib/ids.ts'
import { createSeatStore } from '../../lib/seat/seat-store.dynamodb.ts'
import type { SeatStore } from '../../lib/seat/seat-store.ts'
import type { Lease, SeatsKey } from '../../lib/seat/seats.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemorySeatStore } from '../support/memory-seat-store.ts'

const id = (text: string): ParticipantId => text as ParticipantId
const lease: Lease = { userId: 'ada' as UserId, until: 300, tokenExpiresAt: 10_800, moderator: false }

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

describe.each<[string, () => SeatStore]>([
  ['in memory', createMemorySeatStore],
  ['DynamoDB', () => createSeatStore(table.table)],
])('the seat store %s', (_, create) => {
  let store: SeatStore
  let key: SeatsKey
  beforeEach(async () => {
    store = create()
    key = { stageUid: crypto.randomUUID() as StageUid, generation: 1 }
    await store.open(key)
  })

  it('opens with every seat free, once', async () => {
    await store.take(key, id('a'), lease, 2)
    await store.open(key)
    expect((await store.load(key))?.leases).toEqual({ a: lease })
  })

  it('gives a seat while there is one, and says what stands there now', async () => {
    expect(await store.take(key, id('a'), lease, 2)).toMatchObject({ done: true, seats: { leases: { a: lease } } })
    expect(await store.take(key, id('b'), lease, 2)).toMatchObject({
      done: true,
      seats: { leases: { a: lease, b: lease } },
    })
    expect(await store.take(key, id('c'), lease, 2)).toMatchObject({
      done: false,
      seats: { leases: { a: lease, b: lease } },
    })
  })

  it('counts a seat the participant already has as taken, also when all are', async () => {
    await store.take(key, id('a'), lease, 1)
    expect((await store.take(key, id('a'), lease, 1)).done).toBe(true)
    expect(Object.keys((await store.load(key))?.leases ?? {})).toEqual(['a'])
  })

  it('gives no seat of a stage that has none', async () => {
    const other: SeatsKey = { ...key, generation: 2 }
    expect(await store.take(other, id('a'), lease, 12).catch(() => ({ done: false }))).toMatchObject({ done: false })
    expect(await store.load(other)).toBeUndefined()
  })

  it('frees a seat, and that again', async () => {
    await store.take(key, id('a'), lease, 1)
    await store.free(key, id('a'))
    await store.free(key, id('a'))
    expect((await store.take(key, id('b'), lease, 1)).done).toBe(true)
  })

  it('saves only over what was seen', async () => {
    const seen = await store.load(key)
    if (seen === undefined) throw new Error('the seats were opened')
    await store.take(key, id('a'), lease, 2)
    expect(await store.save(key, { version: seen.version + 1, leases: {} }, seen)).toBe(false)
    const now = await store.load(key)
    if (now === undefined) throw new Error('the seats were opened')
    expect(await store.save(key, { version: now.version + 1, leases: { b: lease } }, now)).toBe(true)
    expect((await store.load(key))?.leases).toEqual({ b: lease })
  })

  it('gives no more seats than there are to a hundred at once', async () => {
    const takes = Array.from({ length: 100 }, (_, index) => store.take(key, id(`p${index}`), lease, 12))
    expect((await Promise.all(takes)).filter((answer) => answer.done)).toHaveLength(12)
    expect(Object.keys((await store.load(key))?.leases ?? {})).toHaveLength(12)
  })
})
