import { describe, expect, it } from 'vitest'
import type { ParticipantId } from '../../../lib/ids.ts'
import { applyEvidence, type PublishingEvidence } from '../../../lib/roster/apply-event.ts'
import { applySweep, type Sweep, type Verdict } from '../../../lib/roster/apply-sweep.ts'
import { emptyRoster, type Roster, type RosterEntry } from '../../../lib/roster/roster.ts'
import { microsOf } from '../../../lib/time.ts'
import { participantId, T0 } from '../../support/participants.ts'

const ada = participantId('ada')
const micros = (seconds: number) => microsOf(T0 + seconds * 1000)

const rosterOf = (entry?: Partial<RosterEntry>, changes: Partial<Roster> = {}): Roster => {
  const base = { participantId: ada, publishing: false, connected: true, at: micros(-60), precise: true }
  return {
    ...emptyRoster(T0 - 60_000),
    version: 1,
    sessionId: 'st-1',
    ...changes,
    entries: entry ? [{ ...base, ...entry }] : [],
  }
}
const sweepOf = (verdict?: Verdict, connected: readonly ParticipantId[] = [ada]): Sweep => ({
  at: T0,
  sessionId: 'st-1',
  connected: new Set(connected),
  publishing: new Map(verdict === undefined ? [] : [[ada, verdict]]),
  minted: new Map(),
})
const yes = { publishing: true, at: micros(-10) }
const no = { publishing: false }
const stateOf = ({ roster }: { roster: Roster }) =>
  roster.entries.map(({ publishing, connected, doubtful }) => ({
    publishing,
    connected,
    ...(doubtful && { doubtful }),
  }))

describe('a sweep', () => {
  it.each<[string, Roster, Sweep, object[], string[]]>([
    [
      'finds who publishes and was never heard of',
      rosterOf(),
      sweepOf(yes),
      [{ publishing: true, connected: true }],
      ['published'],
    ],
    [
      'finds that an Unpublished was lost',
      rosterOf({ publishing: true }),
      sweepOf(no),
      [{ publishing: false, connected: true }],
      ['unpublished'],
    ],
    [
      'finds that a Published was lost',
      rosterOf({}),
      sweepOf(yes),
      [{ publishing: true, connected: true }],
      ['published'],
    ],
    [
      'finds a publisher gone',
      rosterOf({ publishing: true }),
      sweepOf(undefined, []),
      [{ publishing: false, connected: false }],
      ['unpublished'],
    ],
    [
      'finds a watcher gone',
      rosterOf({}),
      sweepOf(undefined, []),
      [{ publishing: false, connected: false }],
      ['disconnected'],
    ],
    [
      'leaves what it did not ask about',
      rosterOf({ publishing: true }),
      sweepOf('presumed'),
      [{ publishing: true, connected: true }],
      [],
    ],
    [
      'settles a doubt it asked about',
      rosterOf({ publishing: true, doubtful: true }),
      sweepOf(no),
      [{ publishing: false, connected: true }],
      ['unpublished'],
    ],
    [
      'tells nothing new of what was known',
      rosterOf({ publishing: true }),
      sweepOf(yes),
      [{ publishing: true, connected: true }],
      [],
    ],
  ])('%s', (_, roster, sweep, state, changes) => {
    const swept = applySweep(roster, sweep, roster)
    expect(stateOf(swept)).toEqual(state)
    expect(swept.changes.map(({ kind }) => kind)).toEqual(changes)
    expect(swept.roster).toMatchObject({ version: 2, sweptAt: T0, asOf: T0, audience: sweep.connected.size })
  })

  it('overrules nothing that came in while IVS was asked, and asks again where both are as young', () => {
    const seen = rosterOf()
    const meanwhile = rosterOf({ publishing: true, at: micros(1) })
    const doubt = applySweep(meanwhile, sweepOf(undefined), seen)
    expect(stateOf(doubt)).toEqual([{ publishing: true, connected: true, doubtful: true }])
    expect(doubt.doubtful).toBe(true)
    const later = rosterOf({ publishing: true, at: micros(30) })
    expect(stateOf(applySweep(later, sweepOf(undefined), seen))).toEqual([{ publishing: true, connected: true }])
  })

  it('believes IVS about a doubt that was there before it was asked, however the clocks differ', () => {
    const doubtful = rosterOf({ publishing: true, doubtful: true, at: micros(1.5) })
    expect(stateOf(applySweep(doubtful, sweepOf(no), doubtful))).toEqual([{ publishing: false, connected: true }])
  })
})

describe('an event after a sweep', () => {
  const evidence = (publishing: boolean, seconds: number): PublishingEvidence => ({
    ...{ participantId: ada, sessionId: 'st-1', publishing, precise: true },
    at: micros(seconds),
  })

  it.each<[string, Verdict, boolean, number, string]>([
    ['is late, long before a sweep that asked', yes, false, -30, 'late'],
    ['counts, where the sweep had only presumed', 'presumed', false, -30, 'applied'],
    ['is doubtful close to it, if it says something else', yes, false, 1, 'doubtful'],
    ['is taken close to it, if it says the same', yes, true, 1, 'applied'],
    ['counts, well after it', yes, false, 3, 'applied'],
  ])('%s', (_, verdict, publishing, seconds, outcome) => {
    const before = rosterOf({ publishing: true })
    const swept = applySweep(before, sweepOf(verdict), before).roster
    expect(applyEvidence(swept, evidence(publishing, seconds)).outcome).toBe(outcome)
  })
})
