import type { Config } from '../config/config.ts'
import type { Endings } from '../ending/ending.ts'
import type { PolicyRefusal } from '../grant/decide-grant.ts'
import type { Grant, StageRules } from '../grant/grant.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { ParticipantId, StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { RoleMemory } from '../participant/role-memory.ts'
import type { Participant, UserKey } from '../participant/user-record.ts'
import type { Refusal } from '../refusal.ts'
import type { SeatDesk } from '../seat/seat-desk.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { type EpochMs, type EpochSeconds, secondsOf, secondsOfMinutes } from '../time.ts'
import type { TokenSigner } from '../token/participant-token.ts'
import type { RefreshRequest } from './refresh.schema.ts'

export interface RefreshDeps {
  readonly stages: StageReader
  readonly participants: ParticipantStore
  readonly memory: RoleMemory
  readonly seats: SeatDesk
  /** Absent where IVS makes the tokens: those cannot be exchanged. */
  readonly signer?: TokenSigner
  readonly endings: Pick<Endings, 'send'>
  readonly config: Pick<Config, 'roles' | 'durations' | 'limits'>
}

export interface RefreshCall {
  readonly stageId: StageId
  readonly participantId: ParticipantId
  readonly caller: Caller
  readonly request: RefreshRequest
  readonly now: EpochMs
  readonly log: RequestLog
}

/** A refresh on its way: what is known once the stage has been found and the keys have been read. */
export interface Refreshing extends RefreshCall {
  readonly stage: Stage
  readonly key: UserKey
  readonly rules: StageRules
  readonly keys: Awaited<ReturnType<TokenSigner['keys']>>
}

export interface Renewed {
  readonly grant: Grant
  readonly participant: Participant
}

export type RefreshRefusal = Refusal | PolicyRefusal['refusal']

export const expiryOf = ({ now }: Refreshing, grant: Grant): EpochSeconds =>
  secondsOf(now) + secondsOfMinutes(grant.duration)
