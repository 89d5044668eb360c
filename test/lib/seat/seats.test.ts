import { describe, expect, it } from 'vitest'
import type { ParticipantId, UserId } from '../../../lib/ids.ts'
import {
  cheapLimit,
  hasRoom,
  lapsedIn,
  type Seats,
  takenIn,
  withLease,
  withoutLeases,
} from '../../../lib/seat/seats.ts'

const lease = (until = 300, moderator = false) => ({ userId: 'ada' as UserId, until, tokenExpiresAt: 900, moderator })
const seatsOf = (others: number, moderators: number): Seats => ({
  version: 1,
  leases: Object.fromEntries([
    ...Array.from({ length: others }, (_, i) => [`o${i}`, lease()]),
    ...Array.from({ length: moderators }, (_, i) => [`m${i}`, lease(300, true)]),
  ]),
})

describe('room on a stage', () => {
  it.each<[number, number, number, number, boolean, boolean]>([
    // seats, reserved, others, moderators → for others, for moderators
    [12, 0, 0, 0, true, true],
    [12, 0, 11, 0, true, true],
    [12, 0, 12, 0, false, false],
    [12, 0, 6, 6, false, false],
    [12, 2, 9, 0, true, true],
    [12, 2, 10, 0, false, true],
    [12, 2, 10, 1, false, true],
    [12, 2, 10, 2, false, false],
    [12, 2, 9, 2, true, true],
    [12, 2, 8, 3, true, true],
    [12, 2, 8, 4, false, false],
    [1, 1, 0, 0, false, true],
    [1, 0, 0, 0, true, true],
    [3, 3, 0, 3, false, false],
    // Fewer seats than are taken, after an admin made them fewer.
    [2, 0, 5, 0, false, false],
  ])(
    '%i seats, %i reserved, %i others, %i moderators',
    (seats, reserved, others, moderators, forOthers, forModerators) => {
      const [now, plan] = [seatsOf(others, moderators), { seats, reserved }]
      expect(hasRoom(now, plan, false)).toBe(forOthers)
      expect(hasRoom(now, plan, true)).toBe(forModerators)
      // The cheap test may refuse what fits, and never the other way round.
      for (const moderator of [true, false]) {
        if (takenIn(now) < cheapLimit(plan, moderator)) expect(hasRoom(now, plan, moderator)).toBe(true)
      }
    },
  )
})

it('names lapsed leases, oldest first, from the second they end', () => {
  const seats: Seats = { version: 1, leases: { a: lease(100), b: lease(99), c: lease(101) } }
  expect(lapsedIn(seats, 100).map(({ id }) => id)).toEqual(['b', 'a'])
  expect(lapsedIn(seats, 98)).toEqual([])
})

it('moves the version with every change', () => {
  const taken = withLease({ version: 1, leases: {} }, 'a' as ParticipantId, lease())
  expect(taken).toEqual({ version: 2, leases: { a: lease() } })
  expect(withoutLeases(taken, ['a', 'b'] as ParticipantId[])).toEqual({ version: 3, leases: {} })
})
