import { describe, expect, it } from 'vitest'
import { type Sighted, type Sighting, sighted } from '../../../lib/participant/sighting.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../../lib/participant/user-record.ts'
import type { EndReason } from '../../../lib/refusal.ts'
import { microsOf } from '../../../lib/time.ts'
import { aParticipant, participantId, T0 } from '../../support/participants.ts'

const ID = participantId('p1')
const micros = (seconds: number) => microsOf(T0 + seconds * 1000)

const holding = (one: Partial<Participant> = {}, changes: Partial<UserRecord> = {}): UserRecord => ({
  ...emptyRecord(1),
  version: T0,
  participants: [aParticipant('p1', one)],
  live: { main: [ID], screen: [] },
  ...changes,
})
const seen = (changes: Partial<Sighting> = {}): Sighting => ({ id: ID, connected: true, at: micros(10), ...changes })
const NOW = T0 + 10_000
const nobodyLive = { live: { main: [], screen: [] } }

const beyondOf = (sight: Sighted) =>
  sight.kind === 'ours' ? [sight.beyond, ...(sight.reason === undefined ? [] : [sight.reason])] : [sight.kind]

describe('whose a sighting is', () => {
  it.each<[string, UserRecord | undefined]>([
    ['of somebody we know nothing of', undefined],
    ['of an id the named user never had', holding({}, { participants: [aParticipant('p2')] })],
    ['of a placeholder whose token was never made', holding({ reserved: true })],
  ])('is nobody of ours: %s', (_, record) => {
    expect(sighted(record, seen(), NOW)).toEqual({ kind: 'unmanaged' })
  })
})

describe('what is beyond right', () => {
  const demoted = { capabilities: ['SUBSCRIBE'], grace: { capabilities: ['PUBLISH', 'SUBSCRIBE'], until: T0 + 5_000 } }
  const speaker = { capabilities: ['PUBLISH', 'SUBSCRIBE'] }

  it.each<[string, UserRecord, Partial<Sighting>, unknown[]]>([
    ['being there with a right', holding(), {}, [false]],
    ['publishing with a right', holding(speaker as Partial<Participant>), { capabilities: ['PUBLISH'] }, [false]],
    ['being there after it ended', holding({ ended: 'left' }, nobodyLive), {}, [true, 'left']],
    ['being off after it ended', holding({ ended: 'left' }, nobodyLive), { connected: false }, [false, 'left']],
    ['being there after a kick', holding({}, { putOut: { at: T0, as: 'kicked' } }), {}, [true, 'kicked']],
    ['being there after a ban', holding({}, { putOut: { at: T0, as: 'banned' } }), {}, [true, 'banned']],
    ['being there, minted since the kick', holding({}, { putOut: { at: T0 - 1, as: 'kicked' } }), {}, [false]],
    ['being there after it was replaced', holding({}, nobodyLive), {}, [true, 'replaced']],
    ['being there with an expired token', holding({ expiresAt: T0 / 1000 }), {}, [false]],
    ['being there, replaced before it expired', holding({ expiresAt: T0 / 1000 }, nobodyLive), {}, [true, 'replaced']],
    ['being there after its seat lapsed', holding({ ended: 'lapsed' }, nobodyLive), {}, [true, 'lapsed']],
    ['publishing without the right', holding(), { capabilities: ['PUBLISH'] }, [true]],
    ['having published when it was off', holding(), { connected: false, capabilities: ['PUBLISH'] }, [true]],
    ['exchanging to more than the right', holding(), { capabilities: ['PUBLISH', 'SUBSCRIBE'] }, [true]],
    ['exchanging to just the right', holding(), { capabilities: ['SUBSCRIBE'] }, [false]],
    [
      'publishing before a demotion’s deadline',
      holding(demoted as Partial<Participant>),
      { capabilities: ['PUBLISH'], at: micros(4.9) },
      [false],
    ],
    [
      'publishing at the deadline, by a clock that is two seconds off',
      holding(demoted as Partial<Participant>),
      { capabilities: ['PUBLISH'], at: micros(6.9) },
      [false],
    ],
    [
      'publishing after the deadline',
      holding(demoted as Partial<Participant>),
      { capabilities: ['PUBLISH'], at: micros(7) },
      [true],
    ],
  ])('%s', (_, record, sighting, expected) => {
    expect(beyondOf(sighted(record, seen(sighting), NOW))).toEqual(expected)
  })

  it.each<[string, EndReason, Partial<Sighting>, boolean]>([
    ['who was replaced is there', 'replaced', {}, true],
    ['who was banned is there', 'banned', {}, true],
    ['who was replaced is off', 'replaced', { connected: false }, false],
  ])('of an id that was pruned: %s', (_, ended, sighting, beyond) => {
    const pruned = { id: ID, expiresAt: T0 / 1000 + 60, ended }
    const record = holding({}, { participants: [], pruned: [pruned], ...nobodyLive })
    expect(sighted(record, seen(sighting), NOW)).toEqual({ kind: 'pruned', participant: pruned, beyond, reason: ended })
  })

  it('is told of an older sighting too, for what was done was done', () => {
    const record = holding({ seenAt: micros(20) })
    expect(beyondOf(sighted(record, seen({ capabilities: ['PUBLISH'] }), NOW))).toEqual([true])
  })
})

describe('what is written down', () => {
  const writtenBy = (record: UserRecord, sighting: Partial<Sighting> = {}): UserRecord | undefined => {
    const sight = sighted(record, seen(sighting), NOW)
    return sight.kind === 'ours' ? sight.record : undefined
  }
  const connectedIn = (record: UserRecord | undefined) => record?.connected

  it('counts a live participant as connected, in its own slot, with the instant', () => {
    const record = writtenBy(holding())
    expect(connectedIn(record)).toEqual({ main: [ID], screen: [] })
    expect(record?.participants[0]?.seenAt).toBe(micros(10))
    expect(record?.version).toBe(T0 + 1)
  })

  it('keeps the other slot as it is', () => {
    const other = participantId('p2')
    const before = holding({ slot: 'screen' }, { live: { main: [other], screen: [ID] } })
    const connected = { main: [other], screen: [] }
    expect(connectedIn(writtenBy({ ...before, connected }))).toEqual({ main: [other], screen: [ID] })
  })

  it('takes one that is off out again, and only that one', () => {
    const other = participantId('p2')
    const before = holding({}, { connected: { main: [ID, other], screen: [] } })
    expect(connectedIn(writtenBy(before, { connected: false }))).toEqual({ main: [other], screen: [] })
  })

  it('counts nobody twice', () => {
    const before = holding({ seenAt: micros(1) }, { connected: { main: [ID], screen: [] } })
    expect(connectedIn(writtenBy(before))).toEqual({ main: [ID], screen: [] })
  })

  it.each<[string, UserRecord]>([
    ['an ended participant', holding({ ended: 'left' }, nobodyLive)],
    ['a replaced participant', holding({}, nobodyLive)],
  ])('does not count %s as connected', (_, record) => {
    expect(connectedIn(writtenBy(record))).toEqual({ main: [], screen: [] })
  })

  it.each([
    ['earlier', 9],
    ['the same', 10],
  ])('writes nothing where evidence is there and this one is %s', (_, seconds) => {
    expect(writtenBy(holding({ seenAt: micros(10) }), { at: micros(seconds) })).toBeUndefined()
  })

  it('writes over earlier evidence', () => {
    expect(writtenBy(holding({ seenAt: micros(9) }))?.participants[0]?.seenAt).toBe(micros(10))
  })

  it('says nothing of who is there now where the sighting does not', () => {
    const before = holding({}, { connected: { main: [ID], screen: [] } })
    const { connected: _, ...late } = seen()
    const sight = sighted(before, late, NOW)
    expect(sight).toMatchObject({ beyond: false, record: { connected: { main: [ID], screen: [] } } })
    expect(sighted(holding(), late, NOW)).toMatchObject({ record: { connected: { main: [], screen: [] } } })
    expect(sight).toMatchObject({ record: { participants: [{ seenAt: micros(10) }] } })
  })

  it.each([
    ['the first', {}, true],
    ['not the first', { seenAt: micros(9) }, false],
    ['not the first, though it is older', { seenAt: micros(11) }, false],
  ])('knows whether it is %s', (_, one, isFirst) => {
    expect(sighted(holding(one), seen(), NOW)).toMatchObject({ isFirst })
  })
})
