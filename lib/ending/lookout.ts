import type { Capability } from '../grant/role.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import type { EpochMs } from '../time.ts'

/** What IVS says about people on one stage, asked now. Throws `Fault`. */
export interface Lookout {
  /** Which participants of this user are connected; nothing where no call of IVS is left to spare for that. */
  connectedOf(stageArn: string, userId: UserId): Promise<ReadonlySet<ParticipantId> | undefined>
  /** The same, which waits its turn. */
  surelyConnectedOf(stageArn: string, userId: UserId): Promise<ReadonlySet<ParticipantId>>
  /** What IVS has seen of a participant in the stage's session; nothing where it never was there. */
  traceOf(stageArn: string, participantId: ParticipantId): Promise<Trace | undefined>
}

/** The latest of each kind that IVS has seen of a participant. */
export interface Trace {
  readonly connected: boolean
  readonly publishing: boolean
  readonly joinedAt?: EpochMs
  /** What the token of its last exchange lets it do; absent where it has joined anew since. */
  readonly exchangedTo?: readonly Capability[]
}
