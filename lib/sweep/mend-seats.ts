import { Fault } from '../fault.ts'
import type { ParticipantId } from '../ids.ts'
import { type Lease, lapsedIn, type Seats, withLease, withoutLeases } from '../seat/seats.ts'
import { type EpochSeconds, secondsOf } from '../time.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'

export interface MendedSeats {
  readonly seats: Seats
  /** Not there, and their lease is over: their seats are free. */
  readonly lapsed: readonly { readonly id: ParticipantId; readonly lease: Lease }[]
}

/** Seats in use are kept for another lease once half of theirs is over; those nobody uses are free when theirs is. */
export function mendedSeats(
  seats: Seats,
  connected: ReadonlySet<ParticipantId>,
  leaseSeconds: number,
  now: EpochSeconds,
): MendedSeats {
  const lapsed = lapsedIn(seats, now).filter(({ id }) => !connected.has(id))
  let next =
    lapsed.length === 0
      ? seats
      : withoutLeases(
          seats,
          lapsed.map(({ id }) => id),
        )
  for (const [id, lease] of Object.entries(next.leases)) {
    if (!connected.has(id as ParticipantId) || lease.until > now + leaseSeconds / 2) continue
    next = withLease(next, id as ParticipantId, { ...lease, until: now + leaseSeconds })
  }
  return { seats: next, lapsed }
}

type SeatDeps = Pick<SweepDeps, 'seats' | 'participants' | 'seatLeaseSeconds' | 'clock'>
const ATTEMPTS = 4

/**
 * An id is ended before its seat is free, so that no two ever count on one: a refresh may have given it a token that outlives
 * what the lease says. Throws `Fault`.
 */
export async function mendSeats(
  deps: SeatDeps,
  { stage }: SweepTarget,
  connected: ReadonlySet<ParticipantId>,
): Promise<void> {
  const key = { stageUid: stage.stageUid, generation: stage.generation }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await deps.seats.load(key)
    if (seen === undefined) return
    const now = deps.clock()
    const { seats, lapsed } = mendedSeats(seen, connected, deps.seatLeaseSeconds, secondsOf(now))
    if (seats === seen) return
    for (const { id, lease } of lapsed) {
      await deps.participants.end({ stageUid: stage.stageUid, userId: lease.userId }, id, 'lapsed', now)
    }
    if (await deps.seats.save(key, { ...seats, version: seen.version + 1 }, seen)) return
  }
  throw new Fault('storage_unavailable', 'the seats of a stage changed under every attempt to mend them')
}
