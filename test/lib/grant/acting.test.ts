import { describe, expect, it } from 'vitest'
import { mayActOn } from '../../../lib/grant/acting.ts'
import { aCaller } from '../../support/callers.ts'

const RANKS = [undefined, 0, 10, 19, 20, 21, 30] as const
const TARGETS = [Number.NEGATIVE_INFINITY, 0, 19, 20, 21, 30, 31] as const

const right = (rank: number | undefined) =>
  rank === undefined
    ? undefined
    : { role: 'r', rank, capabilities: ['SUBSCRIBE'] as const, source: 'assigned' as const }

describe('acting on others', () => {
  const everyone = RANKS.flatMap((rank) =>
    TARGETS.flatMap((target) =>
      [true, false].flatMap((isAdmin) => [true, false].map((banned) => ({ rank, target, isAdmin, banned }))),
    ),
  )

  it.each(everyone)('rank $rank on $target (admin $isAdmin, banned $banned)', ({ rank, target, isAdmin, banned }) => {
    const answer = mayActOn({ caller: aCaller({ isAdmin }), right: right(rank), banned }, target)
    const moderates = !banned && rank !== undefined && rank >= 20
    const expected = isAdmin || (moderates && target < rank)
    expect(answer.ok).toBe(expected)
    if (!answer.ok) expect(answer.refusal.code).toBe(moderates ? 'outranked' : 'not_a_moderator')
  })
})
