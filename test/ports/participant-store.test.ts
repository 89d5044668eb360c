import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import type { ParticipantStore } from '../../lib/participant/participant-store.ts'
import { emptyRecord, type UserKey, type UserRecord } from '../../lib/participant/user-record.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryParticipantStore } from '../support/memory-participant-store.ts'
import { anAttempt, anyone, aParticipant, inOrder, participantId, T0, userKey } from '../support/participants.ts'

const MINUTE = 60_000
const NOW_SECONDS = T0 / 1000

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

describe.each<[string, () => ParticipantStore]>([
  ['in memory', createMemoryParticipantStore],
  ['DynamoDB', () => createParticipantStore(table.table)],
])('the participant store %s', (_, create) => {
  let store: ParticipantStore
  let key: UserKey
  beforeEach(() => {
    store = create()
    key = userKey('ada', crypto.randomUUID())
  })
  const stored = async (): Promise<UserRecord> => {
    const record = inOrder(await store.load(key))
    if (record === undefined) throw new Error('nothing is stored')
    return record
  }
  const save = async (changes: Partial<UserRecord>): Promise<UserRecord> => {
    const record = { ...emptyRecord(1), version: T0, ...changes }
    expect(await store.save(key, record, undefined)).toBe(true)
    return record
  }

  describe('admit', () => {
    it('stores what was minted, and everything about it', async () => {
      const participant = {
        slot: 'screen' as const,
        capabilities: ['PUBLISH', 'SUBSCRIBE'] as const,
        attributes: { displayName: 'Ada Ł' },
        narrowing: { role: 'viewer', capabilities: ['SUBSCRIBE'] as const },
        requestHash: 'hash',
        attempt: 'mark',
      }
      const attempt = anAttempt('one', { participant, neighbours: ['zero', 'two'] })
      expect(await store.admit(key, attempt)).toEqual({ done: true, displaced: [] })
      expect(await stored()).toEqual({
        ...emptyRecord(1),
        version: T0 + 1,
        participants: [attempt.mint.participant],
        live: { main: [], screen: ['one'] },
        mints: [T0],
      })
    })

    it('keeps the last ten mints, newest first', async () => {
      for (let i = 0; i < 12; i++) {
        const attempt = anAttempt(`p${i}`, { now: T0 + i * MINUTE })
        expect((await store.admit(key, attempt)).done).toBe(true)
      }
      expect((await stored()).mints).toEqual(Array.from({ length: 10 }, (_, i) => T0 + (11 - i) * MINUTE))
    })

    it.each<[string, Partial<UserRecord>, Parameters<typeof anAttempt>[1], boolean]>([
      ['a ban that has not ended', { ban: { until: NOW_SECONDS + 1, rank: 30, by: 'x', at: 0 } }, {}, false],
      ['a ban without an end', { ban: { rank: 30, by: 'x', at: 0 } }, {}, false],
      ['a ban that ends this second', { ban: { until: NOW_SECONDS, rank: 30, by: 'x', at: 0 } }, {}, true],
      ['a role that leads elsewhere', { assigned: { role: 'host', by: 'x', at: 0 } }, {}, false],
      ['a role that leads to the same', { assigned: { role: 'viewer', by: 'x', at: 0 } }, {}, true],
      ['no role where one is assumed', {}, { assumed: { ...anyone, unassigned: false } }, false],
      ['no role where none leads there', {}, { assumed: { ...anyone, assignedRoles: [] } }, true],
      [
        'an assigned role where none leads there',
        { assigned: { role: 'viewer', by: 'x', at: 0 } },
        { assumed: { ...anyone, assignedRoles: [] } },
        false,
      ],
      ['a kick of the same millisecond', { putOut: { at: T0, as: 'kicked' } }, {}, false],
      ['a kick before', { putOut: { at: T0 - 1, as: 'kicked' } }, {}, true],
      ['participants of an earlier generation', { generation: 7 }, {}, false],
      [
        'nine mints within the minute',
        { mints: Array(9).fill(T0 - 1) },
        { limits: { session: { mode: 'replace', max: 1 } } },
        true,
      ],
      [
        'ten mints within the minute',
        { mints: Array(10).fill(T0 - 1) },
        { limits: { session: { mode: 'replace', max: 1 } } },
        false,
      ],
      [
        'ten mints, the tenth a minute old',
        { mints: [...Array(9).fill(T0 - 1), T0 - MINUTE] },
        { limits: { session: { mode: 'replace', max: 1 } } },
        true,
      ],
      [
        'a lower rate',
        { mints: [T0 - 1, T0 - 2] },
        { limits: { mintsPerMinute: 2, session: { mode: 'replace', max: 1 } } },
        false,
      ],
      ['one id under the cap', { participants: [aParticipant('a')] }, { limits: { unexpiredIds: 2 } }, true],
      [
        'the cap reached',
        { participants: [aParticipant('a'), aParticipant('b')] },
        { limits: { unexpiredIds: 2 } },
        false,
      ],
      ['the same id', { participants: [aParticipant('new')] }, {}, false],
      [
        'the same key in the window before',
        { participants: [aParticipant('prev', { mintedAt: T0 - 1 })] },
        { neighbours: ['prev', 'next'] },
        false,
      ],
      [
        'the same key, but ten minutes ago',
        { participants: [aParticipant('prev', { mintedAt: T0 - 600_000 })] },
        { neighbours: ['prev', 'next'] },
        true,
      ],
      [
        'the same key in the window after',
        { participants: [aParticipant('next', { mintedAt: T0 + 1 })] },
        { neighbours: ['prev', 'next'] },
        false,
      ],
    ])('%s', async (_label, record, attempt, done) => {
      await save(record)
      expect((await store.admit(key, anAttempt('new', attempt))).done).toBe(done)
    })

    it.each([
      ['allow 3, two recent ones', 3, [1, 2], 0, true],
      ['allow 3, three recent ones', 3, [1, 2, 3], 0, false],
      ['allow 3, three old ones that never connected', 3, [MINUTE, MINUTE, MINUTE], 0, true],
      ['allow 3, three old ones that are connected', 3, [MINUTE, MINUTE, MINUTE], 3, false],
      ['allow 3, two connected and one recent', 3, [1, MINUTE, MINUTE], 2, false],
      ['allow 3, one connected and one recent', 3, [1, MINUTE], 1, true],
      ['reject, one old one that never connected', 1, [MINUTE], 0, true],
      ['reject, one connected', 1, [MINUTE], 1, false],
    ])('sessions: %s', async (_label, max, ages, connected, done) => {
      const participants = ages.map((age, index) => aParticipant(`p${index}`, { mintedAt: T0 - age }))
      const ids = participants.map((participant) => participant.id)
      await save({
        participants,
        live: { main: ids, screen: [] },
        connected: { main: ids.slice(ids.length - connected), screen: [] },
        mints: participants.map((participant) => participant.mintedAt),
      })
      const attempt = anAttempt('new', { limits: { session: { mode: 'allow', max } } })
      expect((await store.admit(key, attempt)).done).toBe(done)
    })

    it('replaces what is live in the slot, and only there, and says what that was', async () => {
      const [main, screen] = [aParticipant('main'), aParticipant('screen', { slot: 'screen' })]
      const live = { main: [main.id], screen: [screen.id] }
      await save({ participants: [main, screen], live, connected: live })
      const attempt = anAttempt('new', { limits: { session: { mode: 'replace', max: 1 } } })
      expect(await store.admit(key, attempt)).toEqual({ done: true, displaced: [main] })
      const record = await stored()
      expect(record.live).toEqual({ main: ['new'], screen: ['screen'] })
      expect(record.connected).toEqual({ main: [], screen: ['screen'] })
    })

    it('lets exactly as many of one user join at once as are allowed', async () => {
      const attempts = Array.from({ length: 30 }, (_, index) => store.admit(key, anAttempt(`p${index}`)))
      const done = (await Promise.all(attempts)).filter((answer) => answer.done)
      expect(done).toHaveLength(3)
      expect((await stored()).participants).toHaveLength(3)
    })
  })

  describe('save', () => {
    it('writes only over what was seen', async () => {
      const first = await save({})
      const second = { ...first, version: first.version + 1, mints: [T0] }
      expect(await store.save(key, second, first)).toBe(true)
      expect(await store.save(key, { ...second, mints: [] }, first)).toBe(false)
      expect(await store.save(key, second, undefined)).toBe(false)
      expect(await stored()).toEqual(second)
    })

    it('keeps everything a record can hold', async () => {
      const record = await save({
        participants: [aParticipant('a', { ended: 'left', refreshedAt: T0 + 5, reserved: true })],
        assigned: { role: 'speaker', by: 'host', at: T0 },
        ban: { until: NOW_SECONDS + 60, rank: 20, by: 'mod', at: T0, reason: 'noise' },
        putOut: { at: T0, as: 'banned' },
        pruned: [
          { id: participantId('old'), expiresAt: NOW_SECONDS + 5, ended: 'left' },
          { id: participantId('older'), expiresAt: NOW_SECONDS + 9, ended: 'replaced' },
        ],
        shown: {
          right: { role: 'host', source: 'login_group', login: { role: 'host', source: 'login_group' } },
          at: T0,
        },
        mints: [T0, T0 - 1],
      })
      expect(await stored()).toEqual(record)
    })

    it('knows nothing of a user it never saw', async () => {
      expect(await store.load(key)).toBeUndefined()
    })
  })

  describe('refresh', () => {
    const refresh = (changes = {}) => ({
      id: participantId('p'),
      assumed: anyone,
      role: 'viewer',
      capabilities: ['SUBSCRIBE'] as const,
      usableKeys: ['key1', 'key2'],
      expiresAt: NOW_SECONDS + 10_800,
      gapSeconds: 6,
      now: T0,
      ...changes,
    })
    const older = aParticipant('p', { mintedAt: T0 - MINUTE, attributes: { displayName: 'Ada' } })

    it('moves the expiry and answers what must be signed again', async () => {
      await save({ participants: [older], live: { main: [older.id], screen: [] } })
      const participant = { ...older, expiresAt: NOW_SECONDS + 10_800, refreshedAt: T0 }
      expect(await store.refresh(key, refresh())).toEqual({ done: true, participant })
      expect((await stored()).participants).toEqual([participant])
    })

    it('replaces the attributes it is given', async () => {
      await save({ participants: [older], live: { main: [older.id], screen: [] } })
      await store.refresh(key, refresh({ attributes: { displayName: 'Lovelace' } }))
      expect((await stored()).participants[0]?.attributes).toEqual({ displayName: 'Lovelace' })
    })

    it.each<[string, Partial<UserRecord>, object]>([
      ['an id that is not live', { live: { main: [], screen: [] } }, {}],
      ['an id that does not exist', {}, { id: 'other' }],
      ['an id that has expired', {}, { now: older.expiresAt * 1000 }],
      ['an earlier expiry than the latest issued', {}, { expiresAt: older.expiresAt - 1 }],
      ['another role', {}, { role: 'speaker' }],
      ['other capabilities', {}, { capabilities: ['PUBLISH', 'SUBSCRIBE'] }],
      ['a key that is gone', {}, { usableKeys: ['key2'] }],
      ['a narrowed join', { participants: [{ ...older, narrowing: { role: 'viewer' } }] }, {}],
      ['a refresh just before', { participants: [{ ...older, refreshedAt: T0 - 5_999 }] }, {}],
      ['a ban', { ban: { rank: 30, by: 'x', at: 0 } }, {}],
      ['an assigned role that leads elsewhere', { assigned: { role: 'host', by: 'x', at: 0 } }, {}],
      ['another generation', { generation: 2 }, {}],
      ['a kick since it was minted', { putOut: { at: older.mintedAt, as: 'kicked' } }, {}],
    ])('refuses %s', async (_label, record, attempt) => {
      await save({ participants: [older], live: { main: [older.id], screen: [] }, ...record })
      const before = await stored()
      expect((await store.refresh(key, refresh(attempt))).done).toBe(false)
      expect(await stored()).toEqual(before)
    })
  })

  describe('commit, end and forget', () => {
    const reserved = aParticipant('rsv', { reserved: true })
    const made = aParticipant('made')

    it('commits a reserved id as the participant IVS made', async () => {
      await store.admit(key, anAttempt('rsv', { participant: { reserved: true } }))
      expect((await stored()).live.main).toEqual([])
      const commit = { reserved, participant: made, rank: 0, now: T0 }
      expect(await store.commit(key, commit)).toBe(true)
      expect(await store.commit(key, commit)).toBe(true)
      const record = await stored()
      expect(record.participants).toEqual([made])
      expect(record.live.main).toEqual(['made'])
    })

    it.each<[string, Partial<UserRecord>]>([
      ['the reservation is gone', { participants: [] }],
      ['the user was banned meanwhile', { ban: { rank: 20, by: 'x', at: T0 } }],
      ['the user was put out meanwhile', { putOut: { at: T0, as: 'kicked' } }],
    ])('does not commit when %s', async (_label, record) => {
      await save({ participants: [reserved], ...record })
      const before = await stored()
      expect(await store.commit(key, { reserved, participant: made, rank: 20, now: T0 })).toBe(false)
      expect(await stored()).toEqual(before)
    })

    it.each<[string, UserRecord['ban']]>([
      ['a ban that is over', { until: NOW_SECONDS, rank: 30, by: 'x', at: T0 }],
      ['a ban by a lower rank', { rank: 19, by: 'x', at: T0 }],
    ])('commits over %s', async (_label, ban) => {
      await save({ participants: [reserved], ...(ban && { ban }) })
      expect(await store.commit(key, { reserved, participant: made, rank: 20, now: T0 })).toBe(true)
      expect((await stored()).participants).toEqual([made])
    })

    it('ends one participant, keeps its record and says what it was', async () => {
      const [one, other] = [aParticipant('one'), aParticipant('two', { slot: 'screen' })]
      const live = { main: [one.id], screen: [other.id] }
      await save({ participants: [one, other], live, connected: live })
      expect(await store.end(key, one.id, 'left', T0)).toEqual(one)
      const record = await stored()
      expect(record.live).toEqual({ main: [], screen: ['two'] })
      expect(record.connected).toEqual({ main: [], screen: ['two'] })
      expect(record.participants[0]).toEqual({ ...one, ended: 'left' })
    })

    it('keeps the first reason an id ended for, and moves the version each time', async () => {
      const record = await save({
        participants: [aParticipant('one')],
        live: { main: [participantId('one')], screen: [] },
      })
      await store.end(key, participantId('one'), 'left', T0)
      expect((await store.end(key, participantId('one'), 'kicked', T0))?.ended).toBe('left')
      expect((await stored()).participants[0]?.ended).toBe('left')
      expect((await stored()).version).toBe(record.version + 2)
    })

    it('ends nothing for an unknown user or id, and makes no record', async () => {
      expect(await store.end(key, participantId('one'), 'left', T0)).toBeUndefined()
      expect(await store.load(key)).toBeUndefined()
      await store.forget(key, made, T0)
      expect(await store.load(key)).toBeUndefined()
    })

    it('forgets a participant whose token was never made', async () => {
      await store.admit(key, anAttempt('one'))
      await store.forget(key, aParticipant('one'), T0)
      const record = await stored()
      expect(record.participants).toEqual([])
      expect(record.live.main).toEqual([])
      for (let i = 0; i < 3; i++) await store.admit(key, anAttempt(`p${i}`, { now: T0 + (i + 1) * MINUTE }))
      expect((await stored()).participants).toHaveLength(3)
    })
  })
})
