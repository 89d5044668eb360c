import type { Config } from '../config/config.ts'
import type { Endings } from '../ending/ending.ts'
import type { PolicyRefusal } from '../grant/decide-grant.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { RoleMemory } from '../participant/role-memory.ts'
import type { UserKey } from '../participant/user-record.ts'
import type { Refusal } from '../refusal.ts'
import type { SeatDesk } from '../seat/seat-desk.ts'
import type { Publisher } from '../seat/seat-wish.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import type { EpochMs, EpochSeconds } from '../time.ts'
import type { TokenAnswer } from '../token/token-answer.schema.ts'
import type { TokenMaker } from '../token/token-maker.ts'
import type { JoinRequest } from './join.schema.ts'

export interface JoinDeps {
  readonly stages: StageReader
  readonly participants: ParticipantStore
  readonly memory: RoleMemory
  readonly seats: SeatDesk
  readonly tokens: TokenMaker
  readonly endings: Pick<Endings, 'send'>
  readonly config: Pick<Config, 'roles' | 'durations' | 'limits'>
  /** A CSPRNG's. */
  readonly randomBytes: (size: number) => Uint8Array
  /** Resolves once what was sent before has left this process, as far as it can: `setImmediate`. */
  readonly afterSending: () => Promise<unknown>
}

export interface JoinCall {
  readonly stageId: StageId
  readonly caller: Caller
  readonly request: JoinRequest
  readonly idempotencyKey?: string
  /** Kept with the participant, so that it can be found in the log. */
  readonly requestId?: string
  readonly now: EpochMs
  readonly log: RequestLog
}

/** A join on its way: what is known once the stage has been found. */
export interface Joining extends JoinCall {
  readonly stage: Stage
  readonly key: UserKey
}

export interface Joined {
  readonly answer: TokenAnswer
  readonly replayed: boolean
}

/** Why not. A login can be too short-lived for any token of it; that alone is answered as the login's own refusal. */
export type JoinRefusal = Refusal | PolicyRefusal['refusal']

/** The caller as someone who wants to publish. */
export function publisherOf(
  deps: Pick<JoinDeps, 'config'>,
  { stage, key, now }: Joining,
  rank: number,
  tokenExpiresAt: EpochSeconds,
): Publisher {
  return { stage, userId: key.userId, rank, tokenExpiresAt, leaseSeconds: deps.config.limits.seatLeaseSeconds, now }
}
