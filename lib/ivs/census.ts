import type { Capability } from '../grant/role.ts'
import type { EpochMicros, EpochMs } from '../time.ts'

/** A stage as IVS lists it. */
export interface ListedStage {
  readonly stageArn: string
  /** Absent: nobody is there. */
  readonly sessionId?: string
  readonly tags: Readonly<Record<string, string>>
}

/** Somebody connected to a stage. What is said of them is what their token says. */
export interface Attendee {
  readonly participantId: string
  readonly userId?: string
  /** IVS's `published` never returns to false (IVS facts §5.5). */
  readonly everPublished: boolean
  /** Carries the id of another stage's participant. */
  readonly replica: boolean
}

/** The latest of what IVS has seen a participant do. */
export interface Doings {
  readonly publishing: boolean
  /** When that began. */
  readonly at?: EpochMicros
  /** What the token of its last exchange lets it do; absent where it has joined anew since. */
  readonly exchangedTo?: readonly Capability[]
}

export interface RunOfStage {
  readonly startedAt: EpochMs
  /** Absent: it goes on. */
  readonly endedAt?: EpochMs
}

/**
 * What IVS says about stages and who is on them. Pages come as they are asked for: each costs a call, of five a second for
 * the whole account. What IVS does not know, or not any more, is empty. All of it throws `Fault`: `quota_backoff`, `ivs_error`.
 */
export interface Census {
  stages(): AsyncIterable<readonly ListedStage[]>
  connected(stageArn: string, sessionId: string): AsyncIterable<readonly Attendee[]>
  /** Nothing also of whoever did more than is read: part of it decides nothing. */
  doings(stageArn: string, sessionId: string, participantId: string): Promise<Doings | undefined>
  session(stageArn: string, sessionId: string): Promise<RunOfStage | undefined>
}
