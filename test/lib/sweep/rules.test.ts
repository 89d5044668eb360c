import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UserId } from '../../../lib/ids.ts'
import type { Attendee, ListedStage } from '../../../lib/ivs/census.ts'
import { emptyRoster, type Roster, type RosterEntry } from '../../../lib/roster/roster.ts'
import type { Seats } from '../../../lib/seat/seats.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { createdTag, ownTags } from '../../../lib/stages/own-tags.ts'
import type { Answers } from '../../../lib/sweep/ask-stage.ts'
import { isOrphan } from '../../../lib/sweep/list-stages.ts'
import { mendedSeats, mendSeats } from '../../../lib/sweep/mend-seats.ts'
import { whomToAsk } from '../../../lib/sweep/whom-to-ask.ts'
import { whomToSight } from '../../../lib/sweep/whom-to-sight.ts'
import { microsOf } from '../../../lib/time.ts'
import { participantId, T0 } from '../../support/participants.ts'
import { arnOf, aStage } from '../../support/stages.ts'

const attendee = (id: string, changes: Partial<Attendee> = {}): Attendee => ({
  ...{ participantId: id, userId: `user-${id}`, everPublished: true, replica: false },
  ...changes,
})
const entry = (id: string, changes: Partial<RosterEntry> = {}): RosterEntry => ({
  ...{ participantId: participantId(id), publishing: true, connected: true, at: microsOf(T0), precise: true },
  ...changes,
})
const rosterOf = (...entries: RosterEntry[]): Roster => ({ ...emptyRoster(T0), entries })

describe('whom IVS is asked about', () => {
  const asked = (roster: Roster | undefined, people: readonly Attendee[], asks: number) =>
    whomToAsk(roster, people, asks).map((one) => one.participantId)

  it.each<[string, Roster | undefined, readonly Attendee[], number, readonly string[]]>([
    ['nobody who never published', undefined, [attendee('a', { everPublished: false })], 9, []],
    ['first who is unknown', rosterOf(entry('a')), [attendee('a'), attendee('b')], 1, ['b']],
    ['who is in doubt', rosterOf(entry('a'), entry('b', { doubtful: true })), [attendee('a'), attendee('b')], 1, ['b']],
    [
      'of the others, whoever was not for longest',
      rosterOf(entry('a', { at: 9 }), entry('b', { at: 5 })),
      [attendee('a'), attendee('b')],
      1,
      ['b'],
    ],
    [
      'all of them, where there is room',
      rosterOf(entry('a'), entry('b')),
      [attendee('a'), attendee('b')],
      9,
      ['a', 'b'],
    ],
  ])('%s', (_, roster, people, asks, expected) => {
    expect(asked(roster, people, asks)).toEqual(expected)
  })

  it.each<[string, Record<string, number>, readonly string[]]>([
    ['who is not on the roster, and was never asked about', { b: T0, c: T0 }, ['a']],
    ['whoever of those was not for longest', { a: T0 + 1, b: T0, c: T0 + 2 }, ['b']],
    ['whoever of the roster was not since', { a: T0 + 2, b: T0 + 2, c: T0 + 2 }, ['known']],
    [
      'no longer who was in doubt, and asked about in vain',
      { a: T0 + 2, b: T0 + 2, c: T0 + 2, doubted: T0 + 2 },
      ['known'],
    ],
  ])('of those of whom the roster does not say that they were asked about, are first %s', (_, from, expected) => {
    const roster = rosterOf(
      entry('known', { at: microsOf(T0 + 1) }),
      ...('doubted' in from ? [entry('doubted', { doubtful: true })] : []),
    )
    const people = ['doubted', 'known', 'a', 'b', 'c'].filter((id) => id !== 'doubted' || id in from)
    const askFrom = new Map(Object.entries(from))
    expect(
      whomToAsk(
        roster,
        people.map((id) => attendee(id)),
        1,
        askFrom,
      ).map((one) => one.participantId),
    ).toEqual(expected)
  })

  it('are a few in doubt, even where there is no room', () => {
    const ids = Array.from({ length: 9 }, (_, index) => `p${index}`)
    const roster = rosterOf(...ids.map((id) => entry(id, { doubtful: true })))
    expect(
      asked(
        roster,
        ids.map((id) => attendee(id)),
        0,
      ),
    ).toHaveLength(4)
  })
})

describe('whom a sweep compares with our records', () => {
  const answers = (people: readonly Attendee[], changes: Partial<Answers> = {}): Answers => ({
    at: T0,
    pages: [people],
    attendees: new Map(people.map((one) => [participantId(one.participantId), one])),
    doings: new Map(),
    inVain: new Map(),
    ...changes,
  })
  const earlier = (...ids: string[]) => new Map(ids.map((id) => [participantId(id), `user-${id}` as UserId]))
  const seen = (...args: Parameters<typeof whomToSight>) =>
    whomToSight(...args).map(({ userId, sighting }) => [userId, sighting.id, sighting.connected])

  it.each<[string, Parameters<typeof whomToSight>, unknown[]]>([
    ['who came', [answers([attendee('a')]), undefined, new Map()], [['user-a', 'a', true]]],
    ['who went', [answers([]), undefined, earlier('a')], [['user-a', 'a', false]]],
    ['who is on the roster', [answers([attendee('a')]), rosterOf(entry('a')), earlier('a')], [['user-a', 'a', true]]],
    ['no replica', [answers([attendee('a', { replica: true })]), undefined, new Map()], []],
    [
      'nobody without a user',
      [answers([{ participantId: 'a', everPublished: false, replica: false }]), undefined, new Map()],
      [],
    ],
    ['nobody whose ids cannot be ours', [answers([attendee('a_b', { userId: '..' })]), undefined, new Map()], []],
    [
      'nobody who was none of ours and has gone',
      [answers([]), undefined, new Map([[participantId('a'), undefined]])],
      [],
    ],
  ])('%s', (_, args, expected) => {
    expect(seen(...args)).toEqual(expected)
  })

  const crowd = Array.from({ length: 50 }, (_, index) => attendee(`p${index}`, { everPublished: false }))
  const known = earlier(...crowd.map((one) => one.participantId))
  /** Who is looked at in sweeps so far apart, the first of which follows one at `T0`, and when. */
  const looksAt = (gaps: readonly number[]): readonly { readonly id: unknown; readonly at: number }[] => {
    let at = T0
    return gaps.flatMap((gap) => {
      const roster = { ...emptyRoster(at), sweptAt: at }
      at += gap
      return seen(answers(crowd, { at }), roster, known).map(([, id]) => ({ id, at }))
    })
  }

  it('everyone once in ten minutes, whatever is known', () => {
    const looks = looksAt(Array.from({ length: 10 }, () => 60_000))
    expect(looks.map(({ id }) => id).toSorted()).toEqual(crowd.map((one) => one.participantId).toSorted())
  })

  it('everyone where the roster knows of no sweep, and nobody twice in a minute', () => {
    expect(seen(answers(crowd), emptyRoster(T0), known)).toHaveLength(50)
    const half = Math.ceil(T0 / 60_000) * 60_000 + 30_000
    expect(seen(answers(crowd, { at: half }), { ...emptyRoster(T0), sweptAt: half - 10_000 }, known)).toEqual([])
  })

  it('everyone within ten minutes and as long as sweeps are apart, whatever their rhythm', () => {
    const minutes = (least: number, most: number) => fc.integer({ min: least * 60_000, max: most * 60_000 })
    const rhythms = fc.oneof(
      fc.array(minutes(0, 12), { minLength: 30, maxLength: 60 }),
      fc.tuple(minutes(0, 12), fc.integer({ min: 30, max: 60 })).map(([gap, count]) => Array(count).fill(gap)),
      fc.constantFrom(2, 5, 10).map((gap) => Array(20).fill(gap * 60_000)),
    )
    fc.assert(
      fc.property(rhythms, (gaps: readonly number[]) => {
        const end = T0 + gaps.reduce((sum, gap) => sum + gap, 0)
        const bound = 10 * 60_000 + Math.max(...gaps)
        const byId = Map.groupBy(looksAt(gaps), ({ id }) => id)
        for (const { participantId: id } of crowd) {
          const instants = [T0, ...(byId.get(id) ?? []).map(({ at }) => at), end]
          const longest = Math.max(...instants.slice(1).map((at, index) => at - (instants[index] ?? 0)))
          expect(longest, id).toBeLessThanOrEqual(bound)
        }
      }),
    )
  })

  it('what they do, too: publishing, and what they exchanged to', () => {
    const doings = new Map([[participantId('a'), { publishing: true, exchangedTo: ['SUBSCRIBE'] as const }]])
    const [one] = whomToSight(answers([attendee('a')], { doings }), undefined, new Map())
    expect(one?.sighting.capabilities).toEqual(['PUBLISH', 'SUBSCRIBE'])
  })
})

describe('seats', () => {
  const now = T0 / 1000
  const lease = (until: number) => ({
    userId: 'ada' as UserId,
    until: now + until,
    tokenExpiresAt: now + 9999,
    moderator: false,
  })
  const mended = (seats: Seats, ...connected: string[]) =>
    mendedSeats(seats, new Set(connected.map(participantId)), 300, now)

  it.each<[string, Record<string, number>, string[], Record<string, number>, string[]]>([
    ['are left alone while their lease runs', { a: 200 }, [], { a: 200 }, []],
    ['are free when it is over and nobody is there', { a: 0, b: 10 }, [], { b: 10 }, ['a']],
    ['are kept for whoever is there', { a: -5 }, ['a'], { a: 300 }, []],
    ['are kept longer once half of the lease is over', { a: 149, b: 151 }, ['a', 'b'], { a: 300, b: 151 }, []],
  ])('%s', (_, before, connected, after, lapsed) => {
    const leases = (of: Record<string, number>) =>
      Object.fromEntries(Object.entries(of).map(([id, until]) => [id, lease(until)]))
    const seats = { version: 1, leases: leases(before) }
    const answer = mended(seats, ...connected)
    expect(answer.seats.leases).toEqual(leases(after))
    expect(answer.lapsed.map(({ id }) => id)).toEqual(lapsed)
  })

  it('are free only once their id has ended, whatever the lease says of its token: it may have a later one', async () => {
    const steps: string[] = []
    const seen: Seats = { version: 1, leases: { a: { ...lease(-1), tokenExpiresAt: now - 600 } } }
    const seats = {
      load: async () => seen,
      save: async (_: unknown, next: Seats) => {
        steps.push(`saved ${Object.keys(next.leases)}`)
        return true
      },
    }
    const participants = {
      load: async () => undefined,
      save: async () => true,
      end: async (_: unknown, id: string, reason: string) => {
        steps.push(`${id} ${reason}`)
        return undefined
      },
    }
    const stage = { stageId: aStage().stageId, stageUid: aStage().uid, generation: 1 }
    const deps = { seats, participants, seatLeaseSeconds: 300, clock: () => now * 1000 }
    await mendSeats(deps, { stage, stageArn: arnOf('one'), asks: 0 }, new Set())
    expect(steps).toEqual(['a lapsed', 'saved '])
  })

  it('that need no mending are not written', () => {
    const seats = { version: 1, leases: { a: lease(200) } }
    expect(mended(seats, 'a').seats).toBe(seats)
  })
})

describe('an IVS stage without a record', () => {
  const record = aStage()
  const HOUR = 3_600_000
  const listed = (hoursAgo: number | undefined, changes: Partial<ListedStage> = {}): ListedStage => ({
    stageArn: arnOf('other'),
    tags: {
      ...ownTags('stagedoor-test', record.stageId, record.uid),
      ...(hoursAgo !== undefined && createdTag(T0 - hoursAgo * HOUR)),
    },
    ...changes,
  })

  it.each<[string, ListedStage, Stage | undefined, boolean]>([
    ['is an orphan an hour after we made it', listed(1), undefined, true],
    ['is not one yet before', listed(0.9), undefined, false],
    ['is not ours to judge where we did not make it', listed(undefined), undefined, false],
    ['is one where the record names another', listed(2), record, true],
    ['is one where the record is of another life', listed(2), aStage(), true],
    ['is not one where the record names it', listed(2, { stageArn: arnOf('one') }), record, false],
    ['is not one where the record is still to delete it', listed(2), { ...record, retired: [arnOf('other')] }, false],
  ])('%s', (_, stage, behind, expected) => {
    expect(isOrphan(stage, behind, T0)).toBe(expected)
  })
})
