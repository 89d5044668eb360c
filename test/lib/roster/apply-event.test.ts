import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEvidence, type PublishingEvidence } from '../../../lib/roster/apply-event.ts'
import { applySweep, type Sweep } from '../../../lib/roster/apply-sweep.ts'
import {
  emptyRoster,
  MAX_ENTRIES,
  type Minted,
  type Roster,
  type RosterEntry,
  SWEEP_MARGIN_MS,
} from '../../../lib/roster/roster.ts'
import { microsOf } from '../../../lib/time.ts'
import { participantId, T0, userKey } from '../../support/participants.ts'

const ada = participantId('ada')
const micros = (seconds: number) => microsOf(T0 + seconds * 1000)

const evidence = (publishing: boolean, seconds: number, changes: Partial<PublishingEvidence> = {}) => ({
  ...{ participantId: ada, sessionId: 'st-1', publishing, precise: true },
  at: micros(seconds),
  ...changes,
})
const taken = (all: readonly PublishingEvidence[], roster: Roster = emptyRoster(T0)): Roster =>
  all.reduce((before, one) => applyEvidence(before, one).roster, roster)
const swept = (roster: Roster, seconds: number): Roster => ({ ...roster, sweptAt: T0 + seconds * 1000 })
const minted: Minted = {
  ...{ userId: userKey('ada').userId, role: 'speaker', slot: 'main', attributes: {} },
  capabilities: ['PUBLISH', 'SUBSCRIBE'],
}
const kindsOf = ({ changes }: ReturnType<typeof applyEvidence>) => changes.map(({ kind }) => kind)

describe('evidence against what is known', () => {
  const published = evidence(true, 10)
  const vague = (publishing: boolean, seconds: number) => evidence(publishing, seconds, { precise: false })

  it.each<[string, readonly PublishingEvidence[], PublishingEvidence, string, string[]]>([
    ['the first of somebody counts', [], published, 'applied', ['published']],
    ['that somebody unknown stopped is known, and nothing to tell', [], evidence(false, 10), 'applied', []],
    ['the later one wins', [published], evidence(false, 11), 'applied', ['unpublished']],
    ['the later one of the same is no news', [published], evidence(true, 11), 'applied', []],
    ['the earlier one is late', [published], evidence(false, 9), 'late', []],
    ['the very same again is a repetition', [published], published, 'repeated', []],
    ['precise ones of one second are told apart', [published], evidence(false, 10.000_001), 'applied', ['unpublished']],
    ['precise ones, late within the second', [evidence(true, 10.5)], evidence(false, 10.4), 'late', []],
    ['precise ones of one microsecond contradict', [published], evidence(false, 10), 'doubtful', []],
    ['a second that is known only so contradicts', [vague(true, 10)], vague(false, 10), 'doubtful', []],
    ['one precise of two does not help', [vague(true, 10)], evidence(false, 10.9), 'doubtful', []],
    ['and neither does the other', [evidence(true, 10.9)], vague(false, 10), 'doubtful', []],
    ['the same within one second agrees', [vague(true, 10)], evidence(true, 10.9), 'applied', []],
    ['the next second is later', [vague(true, 10)], vague(false, 11), 'applied', ['unpublished']],
    ['what is in doubt stays in doubt', [vague(true, 10), vague(false, 10)], vague(true, 10), 'doubtful', []],
    ['a later one ends a doubt', [vague(true, 10), vague(false, 10)], vague(false, 11), 'applied', ['unpublished']],
  ])('%s', (_, before, one, outcome, kinds) => {
    const applied = applyEvidence(taken(before), one)
    expect([applied.outcome, kindsOf(applied)]).toEqual([outcome, kinds])
    const isChanged = outcome === 'applied' || outcome === 'doubtful'
    expect(applied.roster.version).toBe(before.length + (isChanged ? 1 : 0))
  })

  it('leaves what stood there while it is in doubt, and says so', () => {
    const roster = taken([vague(true, 10), vague(false, 10)])
    expect(roster.entries).toMatchObject([{ publishing: true, connected: true, doubtful: true }])
    expect(taken([evidence(false, 11)], roster).entries[0]).not.toHaveProperty('doubtful')
  })

  it('is as of when it stood so, while it is in doubt', () => {
    const roster = taken([evidence(true, 10), vague(false, 10.9)])
    expect(roster.entries).toMatchObject([{ publishing: true, doubtful: true }])
    expect([roster.asOf, roster.version]).toEqual([T0 + 10_000, 2])
  })
})

describe('evidence around a sweep', () => {
  const SWEEP = 20
  const margin = SWEEP_MARGIN_MS / 1000

  it('of before it counts, of one whom it found and did not ask about', () => {
    const sweep: Sweep = {
      ...{ at: T0 + SWEEP * 1000, sessionId: 'st-1', connected: new Set([ada]), minted: new Map([[ada, minted]]) },
      publishing: new Map([[ada, 'presumed']]),
    }
    const { roster, changes } = applySweep(emptyRoster(T0), sweep, undefined)
    expect([changes, roster.entries]).toMatchObject([[], [{ publishing: false, connected: true, minted }]])
    const applied = applyEvidence(roster, evidence(true, 5))
    expect([applied.outcome, kindsOf(applied)]).toEqual(['applied', ['published']])
  })

  it.each<[string, readonly PublishingEvidence[], boolean, number, string]>([
    ['of before it, of somebody it did not find', [], true, SWEEP - margin - 0.001, 'late'],
    ['of about its time, which it may have missed', [], true, SWEEP - margin, 'doubtful'],
    ['of about its time, after it', [], true, SWEEP + margin, 'doubtful'],
    ['of about its time, which agrees with it', [], false, SWEEP + margin, 'applied'],
    ['of well after it', [], true, SWEEP + margin + 0.001, 'applied'],
    ['of before it, of one it presumed', [evidence(true, 5)], false, 15, 'applied'],
    ['of before it, of one that was news since', [evidence(true, 25)], false, 15, 'late'],
    ['of before it, of one that it settled', [evidence(true, SWEEP)], false, 15, 'late'],
    ['of about its time, of one it settled otherwise', [evidence(true, SWEEP)], false, SWEEP + 1, 'doubtful'],
  ])('%s', (_, before, publishing, seconds, outcome) => {
    const roster = swept(taken(before), SWEEP)
    expect(applyEvidence(roster, evidence(publishing, seconds)).outcome).toBe(outcome)
  })
})

describe('an entry', () => {
  const entryAfter = (...all: readonly PublishingEvidence[]): RosterEntry | undefined => taken(all).entries[0]

  it('says since when somebody publishes, however often it is said', () => {
    expect(entryAfter(evidence(true, 10), evidence(true, 12))?.publishedAt).toBe(micros(10))
    expect(entryAfter(evidence(true, 10), evidence(false, 11), evidence(true, 12))?.publishedAt).toBe(micros(12))
    expect(entryAfter(evidence(true, 10), evidence(false, 11))).not.toHaveProperty('publishedAt')
  })

  it('keeps somebody there who stopped publishing, until a sweep says otherwise', () => {
    expect(entryAfter(evidence(true, 10), evidence(false, 11))).toMatchObject({ publishing: false, connected: true })
    expect(entryAfter(evidence(false, 11))).toMatchObject({ publishing: false, connected: false })
  })

  it('keeps what is known of whose it is, and is nobody’s of ours where nothing is', () => {
    expect(entryAfter(evidence(true, 10, { minted }), evidence(false, 11))?.minted).toEqual(minted)
    expect(entryAfter(evidence(true, 10))).not.toHaveProperty('minted')
  })

  it('moves the roster’s time with the evidence and never past it, and never back', () => {
    expect(taken([evidence(true, 10)]).asOf).toBe(T0 + 10_000)
    expect(taken([evidence(true, 10), evidence(true, 5, { participantId: participantId('bob') })]).asOf).toBe(
      T0 + 10_000,
    )
  })
})

describe('the roster', () => {
  it('holds no more than it may: publishers stay, and of the rest the oldest go', () => {
    const many = Array.from({ length: MAX_ENTRIES + 20 }, (_, index) => participantId(`p${index}`))
    const stopped = many.map((id, index) => evidence(false, 100 + index, { participantId: id }))
    const roster = taken([evidence(true, 1), ...stopped])
    expect(roster.entries).toHaveLength(MAX_ENTRIES)
    expect(roster.entries[0]).toMatchObject({ participantId: ada, publishing: true })
    expect(roster.entries.slice(1).map(({ participantId: id }) => id)).toEqual(many.slice(-(MAX_ENTRIES - 1)))
  })

  it('ends the same in whatever order precise evidence comes, however often', () => {
    const one = fc.record({
      participantId: fc.constantFrom('p1', 'p2', 'p3').map(participantId),
      publishing: fc.boolean(),
      at: fc.integer({ min: 0, max: 5_000 }).map((ms) => microsOf(T0 + ms)),
    })
    const distinct = fc.uniqueArray(one, {
      minLength: 1,
      maxLength: 12,
      selector: ({ participantId: id, at }) => `${id}${at}`,
    })
    const orders = distinct.chain((all) =>
      fc.tuple(fc.constant(all), fc.array(fc.constantFrom(...all, ...all), { maxLength: 30 })),
    )
    const stateOf = ({ entries }: Roster) =>
      entries.map(({ participantId: id, publishing }) => `${id}:${publishing}`).sort()
    fc.assert(
      fc.property(orders, ([all, shuffled]) => {
        const full = all.map((each) => ({ ...evidence(true, 0), ...each }))
        const mixed = [...shuffled, ...all].map((each) => ({ ...evidence(true, 0), ...each }))
        const inTime = [...full].sort((first, second) => first.at - second.at)
        expect(stateOf(taken(mixed))).toEqual(stateOf(taken(inTime)))
      }),
    )
  })
})
