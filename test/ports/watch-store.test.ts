import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWatchStore } from '../../lib/ending/watch-store.dynamodb.ts'
import type { WatchStore } from '../../lib/ending/watch-store.ts'
import type { StageUid } from '../../lib/ids.ts'
import { startTable } from '../support/dynamodb.ts'
import { aLook, aWatch, watchedIds } from '../support/endings.ts'
import { createMemoryWatchStore } from '../support/memory-watch-store.ts'
import { T0, userKey } from '../support/participants.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

/** A user of a stage that nobody else here has. */
const somebody = () => aLook({ stageUid: crypto.randomUUID() as StageUid })

describe.each<[string, () => WatchStore]>([
  ['in memory', createMemoryWatchStore],
  ['on DynamoDB', () => createWatchStore(table.table)],
])('watches %s', (_, create) => {
  it('are kept whole, one a user, stage and generation', async () => {
    const [store, key] = [create(), somebody()]
    expect(await store.load(key)).toBeUndefined()
    const watch = aWatch(watchedIds({ p1: 10, p2: 20 }), { seenAt: T0 - 1, waitSeconds: 40 })
    expect(await store.save(key, watch, undefined)).toBe(true)
    expect(await store.load(key)).toEqual(watch)
    for (const other of [{ generation: 2 }, { userId: userKey('bob').userId }, somebody()])
      expect(await store.load({ ...key, ...other })).toBeUndefined()
  })

  it('are written only over what was seen', async () => {
    const [store, key] = [create(), somebody()]
    const [first, second] = [aWatch(watchedIds({ p1: 10 })), aWatch([], { version: 2, turn: 'turn-2' })]
    await store.save(key, first, undefined)
    expect(await store.save(key, second, undefined)).toBe(false)
    expect(await store.save(key, second, first)).toBe(true)
    expect(await store.save(key, { ...second, version: 3 }, first)).toBe(false)
    expect(await store.load(key)).toEqual(second)
  })
})

describe('the item of a watch', () => {
  it('goes by TTL a day after the last of its ids', async () => {
    const key = somebody()
    await createWatchStore(table.table).save(key, aWatch(watchedIds({ p1: 10, p2: 20 })), undefined)
    const pk = `watch#${key.stageUid}#${key.generation}#${key.userId}`
    expect(await table.table.get({ pk, sk: 'watch' })).toMatchObject({ ttl: T0 / 1000 + 20 + 86_400 })
  })
})
