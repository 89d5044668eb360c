import type { Capability } from '../grant/role.ts'
import type { ParticipantId, StageId, StageUid, UserId } from '../ids.ts'
import type { Priority } from '../ivs/quota.ts'
import type { EndReason } from '../refusal.ts'
import type { EpochSeconds } from '../time.ts'

/** Where a participant is: what every step about it needs to know of its stage. */
export interface Place {
  readonly stageId: StageId
  readonly stageUid: StageUid
  readonly generation: number
  readonly stageArn: string
}

/** A participant that has ended in our books and must be off the stage, now or when it appears. */
export interface Ending extends Place {
  readonly participantId: ParticipantId
  /** Absent: a participant that we did not mint. */
  readonly userId?: UserId
  readonly reason: EndReason
  readonly priority: Priority
  /** It held a publisher's seat, which is free once it is off. */
  readonly freesSeat: boolean
  /** The latest expiry ever issued for it: until then it may still appear. */
  readonly expiresAt: EpochSeconds
  /** It had ended before, which was told and written down then. */
  readonly again?: true
}

/** Ids of a user that ended long ago: nobody is disconnected for them, but who comes with one is put out at once. */
export interface Watching extends Place {
  readonly userId: UserId
  readonly reason: EndReason
  readonly ids: readonly { readonly participantId: ParticipantId; readonly expiresAt: EpochSeconds }[]
}

/** That a user's ids that have ended are to be looked for. Which, and whether this look still counts, the watch says. */
export interface Look extends Place {
  readonly userId: UserId
  readonly turn: string
  /** The look that it follows; absent: the first. */
  readonly after?: string
}

/**
 * A participant that may do less than its token says, and was told so: it exchanges its token by itself, or is
 * disconnected once the deadline is over and IVS was asked whether it obeyed.
 */
export interface Demotion extends Place {
  readonly userId: UserId
  readonly participantId: ParticipantId
  /** What it may do from now on, as recorded; never empty. */
  readonly capabilities: readonly Capability[]
  /** It gives up a publisher's seat. */
  readonly freesSeat: boolean
  readonly expiresAt: EpochSeconds
  /** From now on; 0 where the deadline is over already. */
  readonly deadlineSeconds: number
}

/**
 * Takes endings on: disconnects with retries and by priority, watches ids that were not there until they expire.
 * Throws `Fault('storage_unavailable')` when they could not be noted. All of it may be sent again.
 */
export interface Endings {
  send(endings: readonly Ending[]): Promise<void>
  /** Nothing where there are no ids. */
  watch(watching: Watching): Promise<void>
  demote(demotions: readonly Demotion[]): Promise<void>
}

/** Has a look made after so many seconds. Throws `Fault('storage_unavailable')`. */
export interface Looks {
  look(look: Look, inSeconds: number): Promise<void>
}
