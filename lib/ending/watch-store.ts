import type { ParticipantId, StageUid, UserId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import type { EpochMs, EpochSeconds } from '../time.ts'

/** One user on one generation of a stage: there is one watch for them, whatever they were put out for and however often. */
export interface WatchKey {
  readonly stageUid: StageUid
  readonly generation: number
  readonly userId: UserId
}

/** An id that has ended and may still be used by whoever holds its token: looked for until that expires. */
export interface WatchedId {
  readonly participantId: ParticipantId
  readonly expiresAt: EpochSeconds
  readonly reason: EndReason
}

export interface Watch {
  /** Moves with every write. */
  readonly version: number
  /** None: it is over. */
  readonly ids: readonly WatchedId[]
  /** The name of the next look. A message that names another is one too many, and does nothing. */
  readonly turn: string
  readonly dueAt: EpochMs
  /** As of when it is known who of them was there. */
  readonly seenAt: EpochMs
  /** Seconds between the last look and the next: 5 at first, growing to 60. */
  readonly waitSeconds: number
}

/** Throws `Fault('storage_unavailable')`. */
export interface WatchStore {
  /** Consistent. */
  load(key: WatchKey): Promise<Watch | undefined>
  /** Only over what was seen. */
  save(key: WatchKey, watch: Watch, seen: Watch | undefined): Promise<boolean>
}
