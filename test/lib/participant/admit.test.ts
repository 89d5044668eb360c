import { describe, expect, it } from 'vitest'
import { admit } from '../../../lib/participant/admit.ts'
import { MAX_PRUNED } from '../../../lib/participant/prune.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../../lib/participant/user-record.ts'
import { anAttempt, anyone, aParticipant, participantId, T0 } from '../../support/participants.ts'

const MINUTE = 60_000
const SECONDS = T0 / 1000

/** A record of the given participants, all of them live unless it says otherwise. */
function recordOf(participants: readonly Participant[], changes: Partial<UserRecord> = {}): UserRecord {
  const inSlot = (slot: string) => participants.filter((one) => one.slot === slot && !one.reserved).map(({ id }) => id)
  return {
    ...emptyRecord(1),
    version: 7,
    participants,
    live: { main: inSlot('main'), screen: inSlot('screen') },
    ...changes,
  }
}
const several = (count: number, changes: (index: number) => Partial<Participant> = () => ({})): Participant[] =>
  Array.from({ length: count }, (_, index) =>
    aParticipant(`p${index}`, { mintedAt: T0 - 60 * MINUTE, ...changes(index) }),
  )
const idsOf = (participants: readonly Participant[]): string[] => participants.map(({ id }) => id)

function admitted(record: UserRecord, attempt: Parameters<typeof anAttempt>[1] = {}, id = 'new') {
  const { mint, limits, now } = anAttempt(id, attempt)
  const admission = admit(record, mint, attempt.assumed?.generation ?? 1, limits, now)
  if (admission.kind !== 'admitted') throw new Error(`not admitted: ${admission.kind}`)
  return admission
}
function refusal(record: UserRecord, attempt: Parameters<typeof anAttempt>[1] = {}) {
  const { mint, limits, now } = anAttempt('new', attempt)
  const admission = admit(record, mint, 1, limits, now)
  return admission.kind === 'refused' ? admission.refusal : undefined
}

describe('pruning, at the cap', () => {
  const allow10 = { session: { mode: 'allow' as const, max: 10 } }
  const at = (cap: number) => ({ limits: { unexpiredIds: cap, ...allow10 } })

  it('does nothing under the cap', () => {
    const record = recordOf(several(15, () => ({ expiresAt: SECONDS - 1 })))
    expect(admitted(record).record.participants).toHaveLength(16)
  })

  it('lets the expired go first, then the oldest, down to four and the new one', () => {
    const old = several(8, (index) => ({
      mintedAt: T0 - (60 - index) * MINUTE,
      expiresAt: index >= 6 ? SECONDS : SECONDS + 600,
    }))
    const { record, displaced } = admitted(recordOf(old), at(8))
    expect(idsOf(record.participants)).toEqual(['p2', 'p3', 'p4', 'p5', 'new'])
    // Whoever goes unexpired has ended and must be off; who had expired cannot be there.
    expect(idsOf(displaced)).toEqual(['p0', 'p1'])
    expect(record.live.main).toEqual(['p2', 'p3', 'p4', 'p5', 'new'])
  })

  it('remembers that they ended for as long as their tokens may be used, and why', () => {
    const old = several(8, (index) => ({
      mintedAt: T0 - (60 - index) * MINUTE,
      expiresAt: SECONDS + ([600, 500, 0, -600][index] ?? 900),
      ...(index === 1 && { ended: 'left' as const }),
    }))
    const before = [
      { id: participantId('over'), expiresAt: SECONDS - 600, ended: 'replaced' as const },
      { id: participantId('still'), expiresAt: SECONDS + 550, ended: 'banned' as const },
    ]
    expect(admitted(recordOf(old, { pruned: before }), at(8)).record.pruned).toEqual([
      { id: 'p2', expiresAt: SECONDS, ended: 'replaced' },
      { id: 'p1', expiresAt: SECONDS + 500, ended: 'left' },
      before[1],
      { id: 'p0', expiresAt: SECONDS + 600, ended: 'replaced' },
    ])
  })

  it('lets nobody go whom it could not remember, and refuses until one of them has expired', () => {
    const remembered = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...{ id: participantId(`old${index}`), expiresAt: SECONDS + 300 + index, ended: 'replaced' as const },
      }))
    const full = recordOf(several(16), { pruned: remembered(MAX_PRUNED) })
    expect(refusal(full)).toEqual({ code: 'rate_limited', retryAfterSeconds: 900 })
    const nearly = admitted(recordOf(several(16), { pruned: remembered(MAX_PRUNED - 1) })).record
    expect([nearly.pruned.length, nearly.participants.length]).toEqual([MAX_PRUNED, 16])
  })

  it('forgets all of them after a reset', () => {
    const pruned = [{ id: participantId('old'), expiresAt: SECONDS + 600, ended: 'replaced' as const }]
    expect(admitted(recordOf([], { pruned }), { assumed: { ...anyone, generation: 2 } }).record.pruned).toEqual([])
  })

  it('never lets one go that a key may still name, or that is connected, or that is about to be', () => {
    const kept = [
      aParticipant('keyed', { mintedAt: T0 - 20 * MINUTE + 1, requestHash: 'h', expiresAt: SECONDS - 1 }),
      aParticipant('connected', { mintedAt: T0 - 90 * MINUTE }),
      aParticipant('recent', { mintedAt: T0 - MINUTE + 1 }),
    ]
    const gone = [
      aParticipant('unkeyed', { mintedAt: T0 - 20 * MINUTE, requestHash: 'h' }),
      ...several(4, (index) => ({ ended: index % 2 === 0 ? 'left' : 'kicked' })),
    ]
    const record = recordOf([...kept, ...gone], { connected: { main: [participantId('connected')], screen: [] } })
    const pruned = admitted(record, at(8))
    expect(idsOf(pruned.record.participants)).toEqual(expect.arrayContaining(['keyed', 'connected', 'recent', 'new']))
    expect(pruned.record.participants).toHaveLength(5)
  })

  it('refuses where nobody can go', () => {
    const keyed = several(16, () => ({ requestHash: 'h', mintedAt: T0 - 2 * MINUTE }))
    expect(refusal(recordOf(keyed))).toEqual({ code: 'rate_limited', retryAfterSeconds: 60 })
  })
})

describe('the rate', () => {
  it.each<[string, readonly number[], number, number | undefined]>([
    ['the tenth mint a minute ago', [...Array(9).fill(T0), T0 - MINUTE], 10, undefined],
    ['the tenth mint 59.999 s ago', [...Array(9).fill(T0), T0 - MINUTE + 1], 10, 1],
    ['the tenth mint just now', Array(10).fill(T0), 10, 60],
    ['the second of two 30 s ago', [T0, T0 - 30_000], 2, 30],
    ['a clock ahead of ours', Array(10).fill(T0 + 2_000), 10, 62],
  ])('%s', (_label, mints, mintsPerMinute, retryAfterSeconds) => {
    const answer = refusal(recordOf([], { mints }), { limits: { mintsPerMinute } })
    expect(answer).toEqual(retryAfterSeconds === undefined ? undefined : { code: 'rate_limited', retryAfterSeconds })
  })
})

describe('sessions', () => {
  const reject = { limits: { session: { mode: 'reject' as const, max: 1 } } }
  const replace = { limits: { session: { mode: 'replace' as const, max: 1 } } }
  const recent = aParticipant('one', { mintedAt: T0 - 1 })

  it.each<[string, UserRecord, string | undefined]>([
    ['one about to connect', recordOf([recent]), 'session_conflict'],
    ['one in the other slot', recordOf([{ ...recent, slot: 'screen' }]), undefined],
    ['one that ended', recordOf([{ ...recent, ended: 'left' }]), undefined],
    ['one replaced', recordOf([recent], { live: { main: [], screen: [] } }), undefined],
    ['one that has expired', recordOf([{ ...recent, expiresAt: SECONDS }]), undefined],
    ['one reserved a second ago', recordOf([{ ...recent, mintedAt: T0 - 1000, reserved: true }]), 'session_conflict'],
    [
      'a reservation abandoned a minute ago',
      recordOf([{ ...recent, mintedAt: T0 - MINUTE, reserved: true }]),
      undefined,
    ],
    ['one of before a reset', { ...recordOf([recent]), generation: 0 }, undefined],
  ])('reject: %s', (_label, record, code) => {
    expect(refusal(record, reject)?.code).toBe(code)
  })

  it('replaces the live ones of its slot, and counts nobody', () => {
    const [main, second] = [aParticipant('a', { mintedAt: T0 - 1 }), aParticipant('b', { mintedAt: T0 - 1 })]
    const screen = aParticipant('c', { slot: 'screen' })
    const live = { main: [main.id, second.id], screen: [screen.id] }
    const { record, displaced } = admitted(recordOf([main, second, screen], { connected: live }), replace)
    expect(idsOf(displaced)).toEqual(['a', 'b'])
    expect(record.live).toEqual({ main: ['new'], screen: ['c'] })
    expect(record.connected).toEqual({ main: [], screen: ['c'] })
    expect(idsOf(record.participants)).toEqual(['a', 'b', 'c', 'new'])
  })

  it('a reservation replaces too, and is not live itself', () => {
    const { record } = admitted(recordOf([recent]), { ...replace, participant: { reserved: true } })
    expect(record.live.main).toEqual([])
  })
})

describe('generations', () => {
  it('starts over after a reset: participants go, role, ban and rate stay', () => {
    const before = recordOf([aParticipant('old')], {
      generation: 1,
      assigned: { role: 'speaker', by: 'x', at: 1 },
      ban: { until: 5, rank: 20, by: 'x', at: 1 },
      mints: [T0 - 1],
    })
    const { record, displaced } = admitted(before, { assumed: { unassigned: true, assignedRoles: [], generation: 2 } })
    expect(record).toMatchObject({
      generation: 2,
      assigned: { role: 'speaker' },
      ban: { until: 5 },
      mints: [T0, T0 - 1],
    })
    expect(idsOf(record.participants)).toEqual(['new'])
    expect(displaced).toEqual([])
  })
})

describe('a key that was here before', () => {
  const at = (id: string, mintedAt: number) => recordOf([aParticipant(id, { mintedAt, requestHash: 'h' })])
  it.each<[string, UserRecord, boolean]>([
    ['in this window', at('new', T0 - 9 * MINUTE), true],
    ['in the window before, 9:59 ago', at('before', T0 - 10 * MINUTE + 1), true],
    ['in the window before, ten minutes ago', at('before', T0 - 10 * MINUTE), false],
    ['in the window after, by a clock that is ahead', at('after', T0 + 2_000), true],
    ['never', at('other', T0), false],
  ])('%s', (_label, record, replays) => {
    const { mint, limits } = anAttempt('new', { neighbours: ['before', 'after'] })
    expect(admit(record, mint, 1, limits, T0).kind).toBe(replays ? 'replay' : 'admitted')
  })

  it('is answered before any limit is', () => {
    const record = { ...at('new', T0), mints: Array(10).fill(T0) }
    const { mint, limits } = anAttempt('new', { limits: { session: { mode: 'reject', max: 1 } } })
    expect(admit(record, mint, 1, limits, T0).kind).toBe('replay')
  })

  it('means nothing where only an abandoned reservation is left of it', () => {
    const record = recordOf([aParticipant('new', { mintedAt: T0 - MINUTE, reserved: true, requestHash: 'h' })])
    expect(idsOf(admitted(record).record.participants)).toEqual(['new'])
  })
})

it('moves the version, and starts one at the current millisecond', () => {
  expect(admitted(recordOf([])).record.version).toBe(8)
  expect(admitted(emptyRecord(1)).record.version).toBe(T0 + 1)
})
