import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuditStore } from '../../lib/audit/audit-store.dynamodb.ts'
import type { AuditEntry, AuditStore } from '../../lib/audit/audit-store.ts'
import type { StageUid } from '../../lib/ids.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryAuditStore } from '../support/memory-audit-store.ts'
import { T0 } from '../support/participants.ts'

const entry = (id: string, at: number, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ id, at, action: 'kicked', by: 'bob', userId: 'ada', rule: 'rank' },
  ...changes,
})

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

describe.each<[string, () => AuditStore]>([
  ['in memory', createMemoryAuditStore],
  ['DynamoDB', () => createAuditStore(table.table)],
])('the audit store %s', (_, create) => {
  let store: AuditStore
  let stageUid: StageUid
  beforeEach(() => {
    store = create()
    stageUid = crypto.randomUUID() as StageUid
  })
  const fill = async (count: number): Promise<AuditEntry[]> => {
    const all = Array.from({ length: count }, (_, index) => entry(`id${index}`, T0 + Math.floor(index / 2) * 1000))
    for (const one of all) await store.append(stageUid, one, 60)
    return all.toReversed()
  }

  it('gives back all that was said', async () => {
    const full = entry('full', T0, {
      action: 'role_assigned',
      participantId: 'p1',
      role: 'host',
      previousRole: 'viewer',
      until: '2026-11-21T10:00:00.000Z',
      reason: 'spam',
      requestId: 'request-1',
    })
    await store.append(stageUid, full, 60)
    expect(await store.list(stageUid, {}, { limit: 10 })).toEqual({ items: [full] })
  })

  it('has an entry once, however often it is told', async () => {
    await store.append(stageUid, entry('a', T0), 60)
    await store.append(stageUid, entry('a', T0, { by: 'eve' }), 60)
    expect((await store.list(stageUid, {}, { limit: 10 })).items).toEqual([entry('a', T0)])
  })

  it('lists the newest first, each once, page by page', async () => {
    const all = await fill(7)
    const seen: AuditEntry[] = []
    let after: string | undefined
    do {
      const page = await store.list(stageUid, {}, { limit: 3, ...(after !== undefined && { after }) })
      seen.push(...page.items)
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual(all)
  })

  it('keeps to the range, both ends included, also with a cursor from elsewhere', async () => {
    const all = await fill(8)
    const range = { from: T0 + 1000, to: T0 + 2000 }
    const inRange = all.filter(({ at }) => at >= range.from && at <= range.to)
    expect((await store.list(stageUid, range, { limit: 10 })).items).toEqual(inRange)
    const from = (at: number) => ({ limit: 10, after: `${at}#id` })
    expect((await store.list(stageUid, range, from(T0 + 9000))).items).toEqual(inRange)
    expect((await store.list(stageUid, range, from(T0))).items).toEqual([])
  })

  it.each<[string, { from?: number; to?: number }, number]>([
    ['that ends before it begins', { from: T0 + 2000, to: T0 }, 0],
    ['that is over before 1970', { to: -1 }, 0],
    ['from before 1970 on', { from: -62_167_219_200_000 }, 4],
    ['up to the year 2290', { to: 10_098_172_800_000 }, 4],
    ['from the year 2290 on', { from: 10_098_172_800_000 }, 0],
    ['up to the last year there is', { to: 253_402_300_799_000 }, 4],
  ])('takes a range %s', async (_label, range, count) => {
    await fill(4)
    expect((await store.list(stageUid, range, { limit: 10 })).items).toHaveLength(count)
  })

  it('tells nothing of another stage', async () => {
    await fill(2)
    expect(await store.list('other' as StageUid, {}, { limit: 10 })).toEqual({ items: [] })
  })
})

it('is tidied away once its time is over', async () => {
  const store = createAuditStore(table.table)
  await store.append('kept' as StageUid, entry('a', T0), 60)
  const item = await table.table.get({ pk: 'audit#kept', sk: `${T0}#a` })
  expect(item?.ttl).toBe(T0 / 1000 + 60)
})
