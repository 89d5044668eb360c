import type { DomainEvent } from '../domain-event/domain-event.ts'
import type { Capability } from '../grant/role.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import type { Slot } from '../participant/user-record.ts'
import type { EpochMicros, EpochMs } from '../time.ts'

/** What our own record says about a participant on the roster. Absent for one that we did not mint. */
export interface Minted {
  readonly userId: UserId
  readonly role: string
  readonly slot: Slot
  readonly capabilities: readonly Capability[]
  readonly attributes: Readonly<Record<string, string>>
}

/** One participant that publishes, or did not long ago (a tombstone, so that an old event cannot bring it back). */
export interface RosterEntry {
  readonly participantId: ParticipantId
  /** Absent: unmanaged. */
  readonly minted?: Minted
  readonly publishing: boolean
  readonly connected: boolean
  readonly publishedAt?: EpochMicros
  /** The latest evidence: an event's instant, or the sweep's. */
  readonly at: EpochMicros
  readonly precise: boolean
  /** Two pieces of evidence contradict each other and neither is later: IVS is to be asked. */
  readonly doubtful?: true
}

/** Who publishes on a stage, and how sure we are: one item, changed by one conditional write for all events of a batch. */
export interface Roster {
  readonly version: number
  readonly sessionId?: string
  /** The event by which the stage went live: should it come again, that is told again. */
  readonly liveSince?: EpochMicros
  readonly entries: readonly RosterEntry[]
  /** Connected participants at the last sweep. */
  readonly audience?: number
  /** Never newer than the evidence. */
  readonly asOf: EpochMs
  /** When IVS was last asked about everyone. */
  readonly sweptAt?: EpochMs
  /** What a sweep changed, or an event that the bus did not take, and is not told yet: the next sweep tells it. */
  readonly untold?: readonly RosterHappening[]
}

/** A domain event that follows from the roster alone. */
export type RosterHappening = Extract<DomainEvent, { readonly name: `stage.${string}` | `participant.${string}` }>

/** What an event or a sweep changed, for those who are told. */
export interface RosterChange {
  readonly kind: 'published' | 'unpublished' | 'disconnected'
  readonly participantId: ParticipantId
  readonly minted?: Minted
  readonly at: EpochMicros
}

/** Evidence this close to a sweep may have been part of what the sweep saw, or not: both clocks may be off by as much. */
export const SWEEP_MARGIN_MS = 2_000
/** IVS lets twelve publish at once; the rest are tombstones, the oldest of which is forgotten first. */
export const MAX_ENTRIES = 40

/** More changes than the roster of one generation will ever see. */
const VERSIONS_A_GENERATION = 1_000_000_000

/** Nothing known yet. After a reset its version goes on above all of before, so that who compares versions is not misled. */
export const emptyRoster = (now: EpochMs, generation = 1): Roster => ({
  version: (generation - 1) * VERSIONS_A_GENERATION,
  ...{ entries: [], asOf: now },
})
