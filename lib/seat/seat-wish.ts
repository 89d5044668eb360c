import type { Capability } from '../grant/role.ts'
import { MODERATOR_RANK } from '../grant/role.ts'
import type { UserId } from '../ids.ts'
import type { Stage } from '../stage/stage.ts'
import { type EpochMs, type EpochSeconds, secondsOf } from '../time.ts'
import type { SeatWish } from './seat-desk.ts'
import type { SeatsKey } from './seats.ts'

export const publishes = (one: { readonly capabilities: readonly Capability[] }): boolean =>
  one.capabilities.includes('PUBLISH')

export const seatsKeyOf = (stage: Stage): SeatsKey => ({ stageUid: stage.uid, generation: stage.generation.number })

/** Someone who wants to publish on a stage. */
export interface Publisher {
  readonly stage: Stage
  readonly userId: UserId
  /** Of the right: who moderates may use the reserved seats too. */
  readonly rank: number
  readonly tokenExpiresAt: EpochSeconds
  readonly leaseSeconds: number
  readonly now: EpochMs
}

/** What they wish; the id and what it replaces are not yet part of it. */
export function seatWishOf(publisher: Publisher): Omit<SeatWish, 'id' | 'replaces'> {
  const { stage, userId, rank, tokenExpiresAt, leaseSeconds } = publisher
  const now = secondsOf(publisher.now)
  return {
    key: seatsKeyOf(stage),
    stageArn: stage.generation.stageArn,
    plan: { seats: stage.seats, reserved: stage.reservedSeats },
    lease: { userId, until: now + leaseSeconds, tokenExpiresAt, moderator: rank >= MODERATOR_RANK },
    leaseSeconds,
    now,
  }
}
