import { isDeepStrictEqual } from 'node:util'
import type { AuditEntry, AuditStore } from '../audit/audit-store.ts'
import type { Config } from '../config/config.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { Endings } from '../ending/ending.ts'
import { Fault } from '../fault.ts'
import { type Actor, mayActOnUser, mayModerate } from '../grant/acting.ts'
import { bindingBan } from '../grant/decide-grant.ts'
import type { StageRules } from '../grant/grant.ts'
import { rightOf } from '../grant/right.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { StageId, UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { standingOf } from '../participant/admission.ts'
import { startedOver } from '../participant/admit.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import { recordedRank } from '../participant/recorded-right.ts'
import type { UserRecord } from '../participant/user-record.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result } from '../result.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import { type EpochMs, secondsOf, secondsOfDays } from '../time.ts'
import type { Offs } from './put-off.ts'
import { showRank } from './show-rank.ts'
import type { StandingLists } from './standing-lists.ts'

export interface ModerationDeps extends Offs {
  readonly stages: Pick<StageReader, 'getFresh'>
  readonly participants: Pick<ParticipantStore, 'load' | 'save'>
  readonly lists: StandingLists
  readonly audit: AuditStore
  readonly endings: Endings
  readonly events: DomainEvents
  readonly config: Pick<Config, 'roles' | 'durations' | 'audit' | 'issuers'>
}

export interface ModerationCall {
  readonly stageId: StageId
  readonly caller: Caller
  readonly requestId: string
  readonly now: EpochMs
  readonly log: RequestLog
}

/** A stage, and a caller who moderates it. */
export interface Moderating extends ModerationCall {
  readonly stage: Stage
  readonly rules: StageRules
  readonly actor: Actor
  /** The caller's own record, as it was read for this request. */
  readonly own: UserRecord | undefined
}

/**
 * The stage as it is now and the caller as one who may moderate it: their own role and ban are read consistently before
 * anything else is done. Refuses `stage_not_found`, `not_a_moderator`.
 */
export async function moderating(deps: ModerationDeps, call: ModerationCall): Promise<Result<Moderating, Refusal>> {
  const { caller, now } = call
  const found = await visibleStage({ get: deps.stages.getFresh }, caller, call.stageId)
  if (!found.ok) return found
  const stage = found.value
  const rules = rulesOf(stage, deps.config)
  const own = await deps.participants.load({ stageUid: stage.uid, userId: caller.userId })
  const standing = standingOf(own)
  const right = rightOf(rules, caller, standing)
  const binds = (ban: typeof standing.ban): boolean => bindingBan(ban, right, secondsOf(now)) !== undefined
  const actor: Actor = { caller, right, banned: binds(standing.ban) || binds(standing.coolDown) }
  const allowed = mayModerate(actor)
  return allowed.ok ? ok({ ...call, stage, rules, actor, own }) : allowed
}

const ATTEMPTS = 5

/** What is to become of a user's record. Without `record` nothing is written. */
export type Decide<T extends { readonly record?: UserRecord }> = (seen: UserRecord | undefined) => Result<T, Refusal>

/**
 * Changes a user's record by exactly what was seen of it, after asking whether the actor may act on whoever that is. Two
 * who act at once come one after the other: the second decides again on what the first one left. Answers what was there before.
 * Throws `Fault('storage_unavailable')` when the record changes under every attempt.
 */
export async function changeUser<T extends { readonly record?: UserRecord }>(
  deps: Pick<ModerationDeps, 'participants'>,
  opened: Moderating,
  userId: UserId,
  decide: Decide<T>,
): Promise<Result<T & { readonly before: UserRecord | undefined }, Refusal>> {
  const { actor, stage, rules } = opened
  const key = { stageUid: stage.uid, userId }
  let isShown = false
  let before: UserRecord | undefined
  let written: UserRecord | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await deps.participants.load(key)
    if (!isOurs(seen, written)) before = seen
    const allowed = mayActOnUser(actor, userId, recordedRank(rules, userId, seen))
    if (!allowed.ok) return allowed
    const decided = decide(ofGeneration(seen, stage.generation.number))
    if (!decided.ok) return decided
    const { record } = decided.value
    if (record === undefined) return ok({ ...decided.value, before })
    if (!isShown) {
      isShown = true
      // Who the target is, is looked at once more: they may have shown theirs meanwhile.
      if (await showRank(deps.participants, opened)) continue
    }
    if (await deps.participants.save(key, record, seen)) return ok({ ...decided.value, before })
    written = record
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write it')
}

/** A lost answer is not a lost write: what is there may be what an earlier attempt of this very request made of it. */
function isOurs(seen: UserRecord | undefined, written: UserRecord | undefined): boolean {
  if (seen === undefined || written === undefined) return false
  const actsOf = ({ version, assigned, unassigned, ban, unbanned, putOut }: UserRecord) => [
    ...[version, assigned, unassigned, ban, unbanned, putOut],
  ]
  return isDeepStrictEqual(actsOf(seen), actsOf(written))
}

/** A reset ended everyone who was there before it, without a word in each user's record. */
function ofGeneration(record: UserRecord | undefined, generation: number): UserRecord | undefined {
  if (record === undefined || record.generation === generation) return record
  if (record.generation > generation) throw new Fault('storage_unavailable', 'the stage was reset meanwhile')
  return startedOver(record, generation)
}

export const writeDown = (
  deps: Pick<ModerationDeps, 'audit' | 'config'>,
  { stage }: Moderating,
  entry: AuditEntry,
): Promise<void> => deps.audit.append(stage.uid, entry, secondsOfDays(deps.config.audit.keepDays))
