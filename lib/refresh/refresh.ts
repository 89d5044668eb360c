import { assumeGrant, guessForStranger } from '../grant/assumption.ts'
import { attributesFor } from '../grant/decide-grant.ts'
import { ownAttributes } from '../grant/right.ts'
import type { Caller } from '../login/caller.ts'
import type { UserRecord } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import { secondsOf } from '../time.ts'
import { attributesBytes, MAX_ATTRIBUTES_BYTES } from '../token/attributes.ts'
import type { TokenSigner } from '../token/participant-token.ts'
import type { TokenAnswer } from '../token/token-answer.schema.ts'
import { tokenAnswer } from '../token/token-answer.ts'
import { signFor } from '../token/token-maker.ts'
import { refreshExactly } from './refresh-exactly.ts'
import {
  expiryOf,
  type RefreshCall,
  type RefreshDeps,
  type Refreshing,
  type RefreshRefusal,
  type Renewed,
} from './refreshing.ts'

/**
 * A new token for one of the caller's own participants, repeating what its first one said of stage, id, endpoints and key.
 * Policy runs in full; narrowing asked for at the join stays unless this request says otherwise.
 */
export async function refreshToken(deps: RefreshDeps, call: RefreshCall): Promise<Result<TokenAnswer, RefreshRefusal>> {
  const found = await call.log.time('stage', () => visibleStage(deps.stages, call.caller, call.stageId))
  if (!found.ok) return found
  const { signer } = deps
  if (signer === undefined) return refuse({ code: 'exchange_unsupported' })
  const first = await refreshOn(deps, signer, found.value, call)
  if (first !== 'outdated') return first
  const stage = await deps.stages.getFresh(call.stageId)
  if (stage === undefined) return refuse({ code: 'stage_not_found' })
  const again = await refreshOn(deps, signer, stage, call)
  return again === 'outdated' ? refuse({ code: 'conflict' }) : again
}

/** The refresh with the stage as we know it, unless the user's record says that there was a reset since. */
async function refreshOn(
  deps: RefreshDeps,
  signer: TokenSigner,
  stage: Stage,
  call: RefreshCall,
): Promise<Result<TokenAnswer, RefreshRefusal> | 'outdated'> {
  const refreshing: Refreshing = {
    ...call,
    stage,
    key: { stageUid: stage.uid, userId: call.caller.userId },
    rules: rulesOf(stage, deps.config),
    keys: await signer.keys(),
  }
  const renewed = await call.log.time('renew', () => renew(deps, refreshing))
  if (renewed === 'outdated' || !renewed.ok) return renewed
  return ok(await signed(deps, signer, refreshing, renewed.value))
}

async function renew(deps: RefreshDeps, refreshing: Refreshing): Promise<Result<Renewed, RefreshRefusal> | 'outdated'> {
  const optimistic = await renewOptimistically(deps, refreshing)
  if (optimistic.renewed !== undefined) {
    refreshing.log.note({ rule: 'granted', path: 'optimistic' })
    return ok(optimistic.renewed)
  }
  return refreshExactly(deps, refreshing, optimistic.seen)
}

/** One write, where nothing but the expiry moves: same role, same capabilities, and nothing narrowed at the join. */
async function renewOptimistically(
  deps: RefreshDeps,
  refreshing: Refreshing,
): Promise<{ readonly renewed?: Renewed; readonly seen?: UserRecord }> {
  const { key, rules, caller, request, now, stage } = refreshing
  if (request.capabilities !== undefined) return {}
  const memory = deps.memory.recall(key)
  const guess = memory.known ? memory.role : guessForStranger(rules, caller, request, secondsOf(now))
  const assumption = assumeGrant(rules, caller, request, guess, secondsOf(now))
  if (!assumption.ok) return {}
  const { grant, unassigned, assignedRoles } = assumption.value
  if (!unassigned && assignedRoles.length === 0) return {}
  const answer = await deps.participants.refresh(key, {
    id: refreshing.participantId,
    assumed: { unassigned, assignedRoles, generation: stage.generation.number },
    role: grant.role,
    capabilities: grant.capabilities,
    usableKeys: refreshing.keys.usable,
    expiresAt: expiryOf(refreshing, grant),
    ...(request.attributes !== undefined && { attributes: request.attributes }),
    gapSeconds: deps.config.limits.refreshGapSeconds,
    now,
  })
  if (answer.done) return { renewed: { grant, participant: answer.participant } }
  return answer.seen === undefined ? {} : { seen: answer.seen }
}

async function signed(
  deps: RefreshDeps,
  signer: TokenSigner,
  refreshing: Refreshing,
  { grant, participant }: Renewed,
): Promise<TokenAnswer> {
  const { stage, caller, now, log } = refreshing
  const { duration, role, capabilities } = grant
  const stored = ownAttributes(refreshing.rules.roles, role, participant.attributes)
  const attributes = fitting(stored, caller, role)
  const job = {
    stages: deps.stages,
    signer,
    stage,
    userId: caller.userId,
    participant,
    attributes,
    mintedAt: now,
    duration,
  }
  const made = await log.time('sign', () => signFor(job))
  const { id: participantId, slot } = participant
  const line = { userId: caller.userId, issuer: caller.issuer, stageId: stage.stageId, participantId, slot }
  log.grant({ ...line, role, capabilities, duration, rule: 'granted', source: grant.right.source })
  return tokenAnswer({
    ...made,
    stage,
    userId: caller.userId,
    participant,
    attributes,
    duration,
    exchangeable: true,
    now,
  })
}

/** A login may say more about its user than it did at the join: then what the caller set must give way. */
function fitting(stored: Readonly<Record<string, string>>, caller: Caller, role: string) {
  const attributes = attributesFor(stored, caller, role)
  return attributesBytes(attributes) <= MAX_ATTRIBUTES_BYTES ? attributes : attributesFor({}, caller, role)
}
