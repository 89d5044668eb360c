import type { ParticipantId, StageUid } from '../ids.ts'
import type { EndReason } from '../refusal.ts'

/** A participant that has ended in our books and must be off the stage too. Holds no user and no attribute. */
export interface Disconnect {
  readonly stageUid: StageUid
  readonly generation: number
  readonly stageArn: string
  readonly participantId: ParticipantId
  readonly reason: EndReason
  /** It held a publisher's seat, which is free once it is off. */
  readonly freesSeat: boolean
}

/** Takes note that someone must be disconnected, off the request's path, with retries. Throws `Fault` if it cannot. */
export interface DisconnectQueue {
  send(disconnects: readonly Disconnect[]): Promise<void>
}

/** Disconnects a participant now. Whoever is not there is no failure. Throws `Fault`: `quota_backoff`, `ivs_error`. */
export interface Disconnector {
  disconnect(stageArn: string, participantId: ParticipantId, reason: EndReason): Promise<void>
}
