import type { Capability } from '../grant/role.ts'
import type { UserId } from '../ids.ts'
import type { Stage } from '../stage/stage.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import type { SeatWish } from './seat-desk.ts'
import type { SeatsKey } from './seats.ts'

export const publishes = (one: { readonly capabilities: readonly Capability[] }): boolean =>
  one.capabilities.includes('PUBLISH')

export const seatsKeyOf = (stage: Stage): SeatsKey => ({ stageUid: stage.uid, generation: stage.generation.number })

/** What someone wishes who wants to publish on this stage; the id and what it replaces are not yet part of it. */
export function seatWishOf(
  stage: Stage,
  userId: UserId,
  moderator: boolean,
  leaseSeconds: number,
  nowMs: EpochMs,
): Omit<SeatWish, 'id' | 'replaces'> {
  const now = secondsOf(nowMs)
  return {
    key: seatsKeyOf(stage),
    stageArn: stage.generation.stageArn,
    plan: { seats: stage.seats, reserved: stage.reservedSeats },
    lease: { userId, until: now + leaseSeconds, tokenExpiresAt: now, moderator },
    leaseSeconds,
    now,
  }
}
