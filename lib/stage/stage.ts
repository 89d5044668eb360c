import type { Role } from '../grant/role.ts'
import type { StageId, StageUid } from '../ids.ts'
import type { EpochMs, EpochSeconds, Minutes } from '../time.ts'

export type Access = 'open' | 'members' | 'closed'

/** What happens to a user's older participants of one slot when a new one is made. */
export interface SessionPolicy {
  readonly mode: 'allow' | 'replace' | 'reject'
  /** How many at once; at most 10. `replace` keeps one. */
  readonly max: number
}

/** The hosts IVS told us to sign for. Signed tokens name them, and an exchange must repeat them exactly (IVS facts §2). */
export interface EndpointUrls {
  readonly events: string
  readonly whip: string
}

/** The same as we keep them. */
export interface Endpoints extends EndpointUrls {
  readonly version: number
  /** When IVS said so. IVS allows 14 days. */
  readonly fetchedAt: EpochMs
}

/** One IVS stage behind the `stageId`. A reset makes the next. */
export interface Generation {
  readonly number: number
  readonly stageArn: string
}

/** Which generation a reset began, and when. */
export interface Reset {
  readonly generation: number
  readonly at: EpochMs
}

/** The stage record. `roles` holds only what this stage overrides. */
export interface Stage {
  readonly stageId: StageId
  readonly uid: StageUid
  readonly generation: Generation
  /** Oldest first; the last is current. Older ones are kept as long as a token may name them. */
  readonly endpoints: readonly [Endpoints, ...Endpoints[]]
  readonly name?: string
  readonly access: Access
  readonly defaultRole: string
  readonly roles: Readonly<Record<string, Partial<Role>>>
  readonly seats: number
  readonly reservedSeats: number
  readonly sessionPolicy: SessionPolicy
  readonly maxDuration?: Minutes
  readonly endsAt?: EpochSeconds
  /** Nobody publishing for so long, whoever is still there is put out. */
  readonly idleMinutes?: Minutes
  readonly tags: Readonly<Record<string, string>>
  /** Whoever publishes there and was not let in by us is disconnected. */
  readonly strict?: boolean
  readonly adopted: boolean
  /** IVS stages of earlier generations that are still to be deleted: whoever is on one of them is not out yet. */
  readonly retired: readonly string[]
  /** Resets that were written and not told yet, as far as is known. Absent: none. */
  readonly untold?: readonly Reset[]
  /** Being deleted: does not exist for anyone but the delete that finishes it. */
  readonly deleting: boolean
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  /** Moves with every change; the ETag is made of it. */
  readonly version: number
}
