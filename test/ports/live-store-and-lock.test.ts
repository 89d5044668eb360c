import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StageId, StageUid } from '../../lib/ids.ts'
import { createLiveStore } from '../../lib/sweep/live-store.dynamodb.ts'
import type { LiveStage, LiveStore } from '../../lib/sweep/live-store.ts'
import { createRunLock } from '../../lib/sweep/run-lock.dynamodb.ts'
import type { RunLock } from '../../lib/sweep/run-lock.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryLiveStore, createMemoryRunLock } from '../support/memory-sweep-stores.ts'
import { T0 } from '../support/participants.ts'
import { arnOf } from '../support/stages.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const live = (name: string, changes: Partial<LiveStage> = {}): LiveStage => ({
  ...{ stageId: name as StageId, stageUid: `uid-${name}` as StageUid, generation: 1, stageArn: arnOf(name) },
  ...{ sessionId: 'st-1', since: T0 },
  ...changes,
})
const named = (stages: readonly LiveStage[]) =>
  stages.toSorted((one, other) => (one.stageUid < other.stageUid ? -1 : 1))

describe.each<[string, () => LiveStore, () => RunLock]>([
  ['in memory', createMemoryLiveStore, createMemoryRunLock],
  ['on DynamoDB', () => createLiveStore(table.table), () => createRunLock(table.table)],
])('%s', (_, createStore, createLock) => {
  it('keeps live stages by life and generation, and forgets them', async () => {
    const store = createStore()
    await store.put(live('room-a'))
    await store.put(live('room-a', { generation: 2 }))
    await store.put(live('room-b', { sweptAt: T0 + 1 }))
    await store.put(live('room-a', { sweptAt: T0 + 2 }))
    expect(named(await store.all())).toEqual([
      live('room-a', { sweptAt: T0 + 2 }),
      live('room-a', { generation: 2 }),
      live('room-b', { sweptAt: T0 + 1 }),
    ])
    for (const one of [...(await store.all()), live('room-a')]) await store.remove(one)
    expect(await store.all()).toEqual([])
  })

  it('finds them all, however many', async () => {
    const store = createStore()
    for (let index = 0; index < 60; index++) await store.put(live(`room-${index}`))
    expect(new Set((await store.all()).map(({ stageId }) => stageId)).size).toBe(60)
  })

  it('locks for one at a time, until it is over or given back', async () => {
    const lock = createLock()
    expect(await lock.hold('one', T0 + 20, T0)).toBe(true)
    expect(await lock.hold('other', T0 + 39, T0 + 19)).toBe(false)
    expect(await lock.hold('one', T0 + 39, T0 + 19)).toBe(true)
    expect(await lock.hold('other', T0 + 58, T0 + 38)).toBe(false)
    await lock.release('other')
    expect(await lock.hold('other', T0 + 58, T0 + 38)).toBe(false)
    await lock.release('one')
    expect(await lock.hold('other', T0 + 58, T0 + 38)).toBe(true)
    expect(await lock.hold('one', T0 + 80, T0 + 58)).toBe(true)
  })
})
