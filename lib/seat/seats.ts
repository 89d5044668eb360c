import type { ParticipantId, StageUid, UserId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** One life of one stage's seats: a reset starts with all of them free. */
export interface SeatsKey {
  readonly stageUid: StageUid
  readonly generation: number
}

/** A publisher's place. Kept while its holder is connected; given away, after asking IVS, once the lease is over. */
export interface Lease {
  readonly userId: UserId
  readonly until: EpochSeconds
  readonly tokenExpiresAt: EpochSeconds
  /** Rank 20 or above: may also use the reserved seats. */
  readonly moderator: boolean
}

export interface Seats {
  readonly version: number
  readonly leases: Readonly<Record<string, Lease>>
}

/** How many there are, and how many of them only moderators may take. */
export interface SeatPlan {
  readonly seats: number
  readonly reserved: number
}

export const takenIn = (seats: Seats): number => Object.keys(seats.leases).length

/** Whether one more fits. Reserved seats count as used by moderators first. */
export function hasRoom(seats: Seats, plan: SeatPlan, moderator: boolean): boolean {
  const leases = Object.values(seats.leases)
  if (leases.length >= plan.seats) return false
  return moderator || leases.filter((lease) => !lease.moderator).length < plan.seats - plan.reserved
}

/**
 * The most a stage's seats may hold for one more to fit without looking who holds them: for others than moderators, as
 * if none of the reserved ones were in use. Sound, not complete.
 */
export const cheapLimit = (plan: SeatPlan, moderator: boolean): number =>
  moderator ? plan.seats : plan.seats - plan.reserved

/** Seats whose lease is over, oldest first: candidates to be given away. */
export function lapsedIn(
  seats: Seats,
  now: EpochSeconds,
): readonly { readonly id: ParticipantId; readonly lease: Lease }[] {
  return Object.entries(seats.leases)
    .filter(([, lease]) => lease.until <= now)
    .sort(([, one], [, other]) => one.until - other.until)
    .map(([id, lease]) => ({ id: id as ParticipantId, lease }))
}

export function withLease(seats: Seats, id: ParticipantId, lease: Lease): Seats {
  return { version: seats.version + 1, leases: { ...seats.leases, [id]: lease } }
}

export function withoutLeases(seats: Seats, ids: readonly ParticipantId[]): Seats {
  const kept = Object.entries(seats.leases).filter(([id]) => !ids.includes(id as ParticipantId))
  return { version: seats.version + 1, leases: Object.fromEntries(kept) }
}
