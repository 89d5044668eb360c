import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHistoryStore } from '../../lib/history/history-store.dynamodb.ts'
import type { HistoryStore } from '../../lib/history/history-store.ts'
import type { ParticipantId, StageUid, UserId } from '../../lib/ids.ts'
import type { Roster } from '../../lib/roster/roster.ts'
import { createRosterStore } from '../../lib/roster/roster-store.dynamodb.ts'
import type { RosterStore } from '../../lib/roster/roster-store.ts'
import type { SeatsKey } from '../../lib/seat/seats.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryHistoryStore } from '../support/memory-history-store.ts'
import { createMemoryRosterStore } from '../support/memory-roster-store.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const T0 = 1_790_000_000_000_000
const DAY = 86_400

describe.each<[string, () => RosterStore]>([
  ['in memory', createMemoryRosterStore],
  ['DynamoDB', () => createRosterStore(table.table)],
])('the roster store %s', (_, create) => {
  let store: RosterStore
  let key: SeatsKey
  beforeEach(() => {
    store = create()
    key = { stageUid: crypto.randomUUID() as StageUid, generation: 1 }
  })
  const roster: Roster = {
    version: 3,
    sessionId: 'st-1',
    audience: 7,
    asOf: 1_790_000_000_000,
    sweptAt: 1_789_999_999_999,
    liveSince: 1_789_999_999_000_001,
    entries: [
      {
        participantId: 'one' as ParticipantId,
        minted: {
          userId: 'ada' as UserId,
          role: 'host',
          slot: 'screen',
          capabilities: ['PUBLISH', 'SUBSCRIBE'],
          attributes: { displayName: 'Ada' },
        },
        publishing: true,
        connected: true,
        publishedAt: T0,
        at: T0 + 1,
        precise: true,
      },
      {
        participantId: 'two' as ParticipantId,
        publishing: false,
        connected: false,
        at: T0,
        precise: false,
        doubtful: true,
      },
    ],
  }

  it('knows nothing of a stage nobody was on', async () => {
    expect(await store.load(key)).toBeUndefined()
  })

  it('keeps everything a roster can hold', async () => {
    expect(await store.save(key, roster, undefined)).toBe(true)
    expect(await store.load(key)).toEqual(roster)
    expect(await store.load({ ...key, generation: 2 })).toBeUndefined()
  })

  it('writes only over what was seen', async () => {
    await store.save(key, roster, undefined)
    const next = { ...roster, version: 4, entries: [] }
    expect(await store.save(key, next, undefined)).toBe(false)
    expect(await store.save(key, next, { ...roster, version: 2 })).toBe(false)
    expect(await store.save(key, next, roster)).toBe(true)
    expect(await store.load(key)).toEqual(next)
  })
})

describe.each<[string, () => HistoryStore]>([
  ['in memory', createMemoryHistoryStore],
  ['DynamoDB', () => createHistoryStore(table.table)],
])('the history store %s', (_, create) => {
  let store: HistoryStore
  let uid: StageUid
  beforeEach(() => {
    store = create()
    uid = crypto.randomUUID() as StageUid
  })

  it('keeps each event once, in the order of time', async () => {
    const first = { at: T0, name: 'published', participantId: 'p', userId: 'ada' }
    const second = { at: T0 + 1, name: 'publish_error', participantId: 'p', errorCode: 'BITRATE_EXCEEDED' }
    const third = { at: T0 + 1, name: 'composition: Session Start' }
    for (const entry of [second, first, third, first, second]) await store.append(uid, 'st-1', entry, DAY)
    expect((await store.entries(uid, 'st-1', { limit: 10 })).items).toEqual([first, third, second])
    expect((await store.entries(uid, 'st-2', { limit: 10 })).items).toEqual([])
  })

  it('tells two of one instant apart by what they say, also from page to page', async () => {
    const exchanged = { at: T0, name: 'token_exchanged', participantId: 'p' }
    for (const said of ['less', 'more', 'less']) await store.append(uid, 'st-1', { ...exchanged, said }, DAY)
    expect((await store.entries(uid, 'st-1', { limit: 10 })).items).toEqual([exchanged, exchanged])
    const { items, next } = await store.entries(uid, 'st-1', { limit: 1 })
    const rest = await store.entries(uid, 'st-1', { limit: 10, ...(next !== undefined && { after: next }) })
    expect([items, rest.items]).toEqual([[exchanged], [exchanged]])
  })

  it('pages through events to the end', async () => {
    const all = Array.from({ length: 5 }, (__, index) => ({ at: T0 + index, name: 'published', participantId: 'p' }))
    for (const entry of all) await store.append(uid, 'st-1', entry, DAY)
    const seen = []
    let after: string | undefined
    do {
      const page = await store.entries(uid, 'st-1', { limit: 2, ...(after !== undefined && { after }) })
      seen.push(...page.items)
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual(all)
  })

  it('lists sessions newest first, under the start that was noted first', async () => {
    await store.noteSession(uid, { sessionId: 'st-1', startedAt: T0 }, DAY)
    await store.noteSession(uid, { sessionId: 'st-2', startedAt: T0 + 10 }, DAY)
    await store.noteSession(uid, { sessionId: 'st-1', startedAt: T0 + 99 }, DAY)
    await store.noteSession(uid, { sessionId: 'st-1', startedAt: T0 + 99, endedAt: T0 + 50 }, DAY)
    expect((await store.sessions(uid, { limit: 10 })).items).toEqual([
      { sessionId: 'st-2', startedAt: T0 + 10 },
      { sessionId: 'st-1', startedAt: T0, endedAt: T0 + 50 },
    ])
    const page = await store.sessions(uid, { limit: 1 })
    expect(page.items).toEqual([{ sessionId: 'st-2', startedAt: T0 + 10 }])
    const rest = await store.sessions(uid, { limit: 1, ...(page.next !== undefined && { after: page.next }) })
    expect(rest.items).toMatchObject([{ sessionId: 'st-1' }])
  })
})
