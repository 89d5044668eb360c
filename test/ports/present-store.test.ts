import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StageUid, UserId } from '../../lib/ids.ts'
import { createPresentStore } from '../../lib/sweep/present-store.dynamodb.ts'
import type { PresentPage, PresentStore } from '../../lib/sweep/present-store.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryPresentStore } from '../support/memory-sweep-stores.ts'
import { participantId, T0 } from '../support/participants.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

describe.each<[string, () => PresentStore]>([
  ['in memory', createMemoryPresentStore],
  ['on DynamoDB', () => createPresentStore(table.table)],
])('who was present, %s', (_, create) => {
  const key = { stageUid: 'uid-1' as StageUid, generation: 1 }
  const stranger = { participantId: participantId('p2') }
  const known = { participantId: participantId('p1'), userId: 'ada' as UserId }

  it('is kept page by page, with everything there is to say of each', async () => {
    const store = create()
    expect(await store.page(key, 0)).toBeUndefined()
    const pages: readonly PresentPage[] = [
      { at: T0, people: [known, stranger, { ...known, askFrom: T0 + 1 }], next: 1 },
      { at: T0, people: [] },
    ]
    await store.replace(key, pages)
    expect([await store.page(key, 0), await store.page(key, 1)]).toEqual(pages)
    await store.replace(key, [{ at: T0 + 1, people: [stranger] }])
    expect(await store.page(key, 0)).toEqual({ at: T0 + 1, people: [stranger] })
    expect(await store.page({ ...key, generation: 2 }, 0)).toBeUndefined()
  })
})
