import type { Config } from '../config/config.ts'
import { decideGrant, type PolicyRefusal } from '../grant/decide-grant.ts'
import type { Right } from '../grant/grant.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { standingOf } from '../participant/admission.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { rulesOf } from './rules.ts'
import type { Stage } from './stage.ts'
import type { StageReader } from './stage-cache.ts'
import { visibleStage } from './visible-stage.ts'

export interface LookingDeps {
  readonly stages: StageReader
  readonly participants: Pick<ParticipantStore, 'load'>
  readonly config: Pick<Config, 'roles' | 'durations'>
}

export interface Look {
  readonly stageId: StageId
  readonly caller: Caller
  readonly now: EpochMs
  readonly log: RequestLog
}

/** What someone who may look at a stage has there. An admin without a right may look too. */
export interface Onlooker {
  readonly stage: Stage
  readonly right?: Right
}

/** Whoever could join a stage now may look at it: the policy, without writes. Admins see every stage within their prefix. */
export async function lookAt(
  deps: LookingDeps,
  look: Look,
): Promise<Result<Onlooker, Refusal | PolicyRefusal['refusal']>> {
  const { caller, now, log } = look
  const found = await visibleStage(deps.stages, caller, look.stageId)
  if (!found.ok) return found
  const stage = found.value
  const record = await deps.participants.load({ stageUid: stage.uid, userId: caller.userId })
  const decided = decideGrant(rulesOf(stage, deps.config), caller, standingOf(record), {}, secondsOf(now))
  if (decided.ok) return ok({ stage, right: decided.value.right })
  if (caller.isAdmin) return ok({ stage })
  log.note({ rule: decided.refusal.rule })
  return refuse(decided.refusal.refusal)
}
