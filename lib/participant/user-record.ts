import type { Ban, RightSource } from '../grant/grant.ts'
import type { Capability } from '../grant/role.ts'
import type { ParticipantId, StageUid, UserId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import type { EpochMicros, EpochMs, EpochSeconds, Minutes } from '../time.ts'
import type { KeyId } from '../token/participant-token.ts'

/** Which of a user's feeds a participant is. */
export const SLOTS = ['main', 'screen'] as const
export type Slot = (typeof SLOTS)[number]

/** One user on one life of a stage: what every store call about them needs to find the item. */
export interface UserKey {
  readonly stageUid: StageUid
  readonly userId: UserId
}

/** What the join asked for: a refresh repeats it, so that narrowing once stays narrow. */
export interface Narrowing {
  readonly role?: string
  readonly capabilities?: readonly Capability[]
}

/** One participant id that was handed out, or is about to be. */
export interface Participant {
  readonly id: ParticipantId
  readonly slot: Slot
  readonly role: string
  readonly capabilities: readonly Capability[]
  readonly mintedAt: EpochMs
  readonly duration: Minutes
  /** The latest expiry ever issued for this id: a refresh never moves it back. */
  readonly expiresAt: EpochSeconds
  /** Which key signed it; absent where IVS made the token. */
  readonly keyId?: KeyId
  readonly endpointsVersion: number
  /** What the caller set; the server's own are worked out anew each time. */
  readonly attributes: Readonly<Record<string, string>>
  readonly narrowing: Narrowing
  readonly refreshedAt?: EpochMs
  /** With an idempotency key: a hash of the request, and a mark only the request that wrote this could have made. */
  readonly requestHash?: string
  readonly attempt?: string
  /** IVS is being asked for the token: the id is a placeholder until it answers. */
  readonly reserved?: boolean
  /** The latest evidence about it, from an event or a sweep. */
  readonly seenAt?: EpochMicros
  /** Why it ended, where that was said of this one. */
  readonly ended?: EndReason
  /** The right it was granted for, when it was minted: what is known of this user's login while they are not calling. */
  readonly right?: RecordedRight
  /** The request that minted it. */
  readonly requestId?: string
  /**
   * It was demoted: until then it is still borne with what its token allowed before. `refreshedAt` as it was then: another
   * one says that it has been given a lesser token since, whatever any clock says.
   */
  readonly grace?: {
    readonly capabilities: readonly Capability[]
    readonly until: EpochMs
    readonly refreshedAt?: EpochMs
  }
}

/** An id that is gone from the record while its token may still be used: it has ended, and who comes with it is put out. */
export interface PrunedId {
  readonly id: ParticipantId
  /** The latest expiry ever issued for it. */
  readonly expiresAt: EpochSeconds
  readonly ended: EndReason
}

export interface RecordedRight {
  readonly role: string
  readonly source: RightSource
  /** What the login alone gave, without an assigned role and without the stage's default one. */
  readonly login?: { readonly role: string; readonly source: RightSource }
}

/** Everything stored about one user on one stage: one item, read and written whole or by one conditional update. */
export interface UserRecord {
  /** Moves with every write; starts at the millisecond of the first one, so a deleted record never comes back as an old one. */
  readonly version: number
  /** The stage generation its participants belong to. */
  readonly generation: number
  readonly participants: readonly Participant[]
  /** What pruning left of participants whose tokens had not expired, the next to expire first. Bounded. */
  readonly pruned: readonly PrunedId[]
  /** Ids that are not ended, by slot. */
  readonly live: Readonly<Record<Slot, readonly ParticipantId[]>>
  /** Ids known to be connected, by slot. */
  readonly connected: Readonly<Record<Slot, readonly ParticipantId[]>>
  /** The last mints, newest first, at most ten. */
  readonly mints: readonly EpochMs[]
  readonly assigned?: { readonly role: string; readonly by: string; readonly at: EpochMs }
  /** What was taken away last, while nothing was assigned again: a repeated request tells it again. */
  readonly unassigned?: { readonly role: string; readonly by: string; readonly at: EpochMs }
  readonly ban?: StoredBan
  /** The same of a ban. */
  readonly unbanned?: { readonly by: string; readonly at: EpochMs }
  /** Everything minted up to then was put out, and as what. */
  readonly putOut?: PutOut
  /** What their login showed when they last acted on somebody, where no token of theirs said as much. */
  readonly shown?: { readonly right: RecordedRight; readonly at: EpochMs }
}

export interface PutOut {
  readonly at: EpochMs
  readonly as: 'kicked' | 'banned'
  /** Nobody of a rank up to this one may come back before. */
  readonly coolDown?: { readonly until: EpochSeconds; readonly rank: number }
}

export interface StoredBan extends Ban {
  readonly by: string
  readonly at: EpochMs
  readonly reason?: string
}

export const MINT_REGISTERS = 10

export const emptyRecord = (generation: number): UserRecord => ({
  version: 0,
  generation,
  participants: [],
  pruned: [],
  live: { main: [], screen: [] },
  connected: { main: [], screen: [] },
  mints: [],
})

export const participantOf = (record: UserRecord, id: ParticipantId): Participant | undefined =>
  record.participants.find((participant) => participant.id === id)

export const prunedIdOf = (record: UserRecord, id: ParticipantId): PrunedId | undefined =>
  record.pruned.find((one) => one.id === id)

/** Why this participant may not be refreshed or seen again, or nothing if it may. */
export function endReasonOf(record: UserRecord, participant: Participant, now: EpochSeconds): EndReason | undefined {
  if (participant.ended !== undefined) return participant.ended
  if (record.putOut !== undefined && participant.mintedAt <= record.putOut.at) return record.putOut.as
  if (participant.expiresAt <= now) return 'lapsed'
  return record.live[participant.slot].includes(participant.id) ? undefined : 'replaced'
}

/** What a grace remembers of when its participant was last given a token. */
export const lastRefresh = ({ refreshedAt }: Participant): Pick<Participant, 'refreshedAt'> =>
  refreshedAt === undefined ? {} : { refreshedAt }
