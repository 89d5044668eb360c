import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StageUid, UserId } from '../../lib/ids.ts'
import { createStandingLists } from '../../lib/moderation/standing-lists.dynamodb.ts'
import type { ListPage, StandingLists } from '../../lib/moderation/standing-lists.ts'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import type { ParticipantStore } from '../../lib/participant/participant-store.ts'
import { emptyRecord, type UserRecord } from '../../lib/participant/user-record.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryParticipantStore } from '../support/memory-participant-store.ts'
import { createMemoryStandingLists } from '../support/memory-standing-lists.ts'
import { anAttempt, aParticipant, T0 } from '../support/participants.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const inMemory = (): [ParticipantStore, StandingLists] => {
  const store = createMemoryParticipantStore()
  return [store, createMemoryStandingLists(store.records)]
}
const onTable = (): [ParticipantStore, StandingLists] => [
  createParticipantStore(table.table),
  createStandingLists(table.table),
]

describe.each([
  ['in memory', inMemory],
  ['DynamoDB', onTable],
])('the lists of members and bans %s', (_, create) => {
  let store: ParticipantStore
  let lists: StandingLists
  let stageUid: StageUid
  beforeEach(() => {
    ;[store, lists] = create()
    stageUid = crypto.randomUUID() as StageUid
  })
  const put = async (userId: string, changes: Partial<UserRecord>): Promise<void> => {
    const key = { stageUid, userId: userId as UserId }
    const seen = await store.load(key)
    const record = { ...emptyRecord(1), ...changes, version: (seen?.version ?? T0) + 1 }
    expect(await store.save(key, record, seen)).toBe(true)
  }
  const assigned = { role: 'speaker', by: 'hana', at: T0 }
  const ban = { rank: 20, by: 'bob', at: T0, reason: 'spam' }
  const NOW = T0 / 1000
  const all = async <T>(read: (page: ListPage) => Promise<{ items: readonly T[]; next?: UserId }>): Promise<T[]> => {
    const items: T[] = []
    let after: UserId | undefined
    do {
      const page = await read({ limit: 2, ...(after !== undefined && { after }) })
      expect(page.items.length).toBeLessThanOrEqual(2)
      items.push(...page.items)
      after = page.next
    } while (after !== undefined)
    return items
  }

  it('hold members by user id, page by page, with who made them so', async () => {
    for (const id of ['eve', 'ada', 'bob', 'zoe', 'mia']) await put(id, { assigned: { ...assigned, role: id } })
    await put('nobody', { participants: [aParticipant('one')] })
    const members = await all((page) => lists.members(stageUid, page))
    expect(members).toEqual(
      ['ada', 'bob', 'eve', 'mia', 'zoe'].map((userId) => ({ userId, assigned: { ...assigned, role: userId } })),
    )
  })

  it('hold bans that are not over', async () => {
    await put('ada', { ban })
    await put('bob', { ban: { ...ban, until: NOW + 1 } })
    await put('eve', { ban: { ...ban, until: NOW } })
    await put('zoe', { assigned })
    const bans = await all((page) => lists.bans(stageUid, page, NOW))
    expect(bans).toEqual([
      { userId: 'ada', ban },
      { userId: 'bob', ban: { ...ban, until: NOW + 1 } },
    ])
  })

  it('let go of whoever is a member or banned no longer', async () => {
    await put('ada', { assigned, ban })
    await put('ada', {})
    expect(await all((page) => lists.members(stageUid, page))).toEqual([])
    expect(await all((page) => lists.bans(stageUid, page, NOW))).toEqual([])
  })

  it('keep whoever joins', async () => {
    await put('ada', { assigned: { ...assigned, role: 'viewer' } })
    const done = await store.admit({ stageUid, userId: 'ada' as UserId }, anAttempt('one'))
    expect(done.done).toBe(true)
    expect(await all((page) => lists.members(stageUid, page))).toMatchObject([{ userId: 'ada' }])
  })

  it('tell nothing of another stage', async () => {
    await put('ada', { assigned, ban })
    expect(await lists.members('other' as StageUid, { limit: 10 })).toEqual({ items: [] })
  })
})

describe('what is kept in the table', () => {
  it.each<[string, Partial<UserRecord>, number]>([
    ['a ban with an end, of somebody who was never here', { ban: { rank: 20, by: 'bob', at: T0, until: 2e9 } }, 2e9],
    ['a kick', { putOut: { at: T0, as: 'kicked' } }, T0 / 1000],
    ['a cool-down', { putOut: { at: T0, as: 'kicked', coolDown: { until: 2e9, rank: 20 } } }, 2e9],
  ])('%s is not tidied away before it is over', async (_, changes, needed) => {
    const key = { stageUid: crypto.randomUUID() as StageUid, userId: 'ada' as UserId }
    await createParticipantStore(table.table).save(key, { ...emptyRecord(1), version: T0, ...changes }, undefined)
    const item = await table.table.get({ pk: `user#${key.stageUid}#ada`, sk: 'user' })
    expect(Number(item?.ttl)).toBeGreaterThanOrEqual(needed)
  })
})
