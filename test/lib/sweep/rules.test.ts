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

  it('everyone within ten minutes, whatever is known', () => {
    const people = Array.from({ length: 50 }, (_, index) => attendee(`p${index}`, { everPublished: false }))
    const known = earlier(...people.map((one) => one.participantId))
    const rounds = Array.from({ length: 10 }, (_, minute) =>
      seen(answers(people, { at: T0 + minute * 60_000 }), undefined, known),
    )
    expect(new Set(rounds.flat().map(([, id]) => id)).size).toBe(50)
    expect(rounds.flat()).toHaveLength(50)
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
