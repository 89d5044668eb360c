import type { ParticipantId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import type { EpochMs, EpochSeconds } from '../time.ts'
import type { KeyId } from '../token/participant-token.ts'
import type { Mint, MintLimits } from './admit.ts'
import type { Participant, UserKey, UserRecord } from './user-record.ts'

/** What an optimistic write takes for granted instead of reading first. No ban is always part of it. */
export interface Assumed {
  /** Also right for a user without an assigned role. */
  readonly unassigned: boolean
  readonly assignedRoles: readonly string[]
  readonly generation: number
}

export interface AdmitAttempt {
  readonly mint: Mint
  readonly assumed: Assumed
  readonly limits: MintLimits
  readonly now: EpochMs
}

export interface RefreshAttempt {
  readonly id: ParticipantId
  readonly assumed: Assumed
  /** What the participant must already be: a refresh that changes it takes the exact way. */
  readonly role: string
  readonly capabilities: Participant['capabilities']
  readonly usableKeys: readonly KeyId[]
  readonly expiresAt: EpochSeconds
  /** Replaces what the caller set; absent: stays. */
  readonly attributes?: Readonly<Record<string, string>>
  readonly gapSeconds: number
  readonly now: EpochMs
}

export interface Commit {
  readonly reserved: Participant
  readonly participant: Participant
  readonly rank: number
  readonly now: EpochMs
}

/** `seen` is what the engine says stood in the way, where it says so; whoever needs it otherwise reads. */
export type Refused = { readonly done: false; readonly seen?: UserRecord }

/**
 * Where the record of each user on each stage is kept. Optimistic writes state what they assume; they may refuse more than
 * the exact rules would (`admit`, `refresh`), never allow more. `save` is exact: it writes only over what was seen.
 */
export interface ParticipantStore {
  /** Consistent. */
  load(key: UserKey): Promise<UserRecord | undefined>
  save(key: UserKey, record: UserRecord, seen: UserRecord | undefined): Promise<boolean>
  admit(
    key: UserKey,
    attempt: AdmitAttempt,
  ): Promise<{ readonly done: true; readonly displaced: readonly Participant[] } | Refused>
  refresh(
    key: UserKey,
    attempt: RefreshAttempt,
  ): Promise<{ readonly done: true; readonly participant: Participant } | Refused>
  /**
   * Turns a reserved id into the participant IVS made; refused when the user was put out or banned meanwhile. `rank` is
   * the right's that it was granted for: a ban that it outranks does not bind. Harmless where it is committed already.
   */
  commit(key: UserKey, commit: Commit): Promise<boolean>
  /** Ends one participant. Answers it as it was before, or nothing if this user has none by that id. */
  end(key: UserKey, id: ParticipantId, reason: EndReason, now: EpochMs): Promise<Participant | undefined>
  /** Forgets a participant whose token was never made. */
  forget(key: UserKey, participant: Participant, now: EpochMs): Promise<void>
}
