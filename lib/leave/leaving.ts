import { auditEntryOf } from '../audit/audit-entry.ts'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Config } from '../config/config.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { Disconnector } from '../ending/disconnector.ts'
import type { Endings } from '../ending/ending.ts'
import type { Actor } from '../grant/acting.ts'
import { bindingBan } from '../grant/decide-grant.ts'
import type { Ban } from '../grant/grant.ts'
import { rightOf } from '../grant/right.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { ParticipantId, StageId, UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { standingOf } from '../participant/admission.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { RosterStore } from '../roster/roster-store.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { type EpochMs, secondsOf, secondsOfDays } from '../time.ts'

export interface LeaveDeps {
  readonly stages: StageReader
  readonly participants: ParticipantStore
  readonly seats: Pick<SeatStore, 'free' | 'load'>
  readonly disconnector: Disconnector
  readonly endings: Pick<Endings, 'send'>
  readonly audit: Pick<AuditStore, 'append'>
  readonly events: DomainEvents
  readonly rosters: Pick<RosterStore, 'load'>
  readonly config: Pick<Config, 'roles' | 'durations' | 'audit'>
}

export interface LeaveCall {
  readonly stageId: StageId
  readonly participantId: ParticipantId
  /** Whose participant it is; absent: the caller's own. */
  readonly owner?: UserId
  readonly caller: Caller
  readonly requestId?: string
  readonly now: EpochMs
  readonly log: RequestLog
}

/** The caller as one who acts on others: their own role and ban, read consistently. */
export async function actorOn(
  deps: Pick<LeaveDeps, 'participants' | 'config'>,
  stage: Stage,
  { caller, now }: LeaveCall,
): Promise<Actor> {
  const standing = standingOf(await deps.participants.load({ stageUid: stage.uid, userId: caller.userId }))
  const right = rightOf(rulesOf(stage, deps.config), caller, standing)
  const binds = (ban: Ban | undefined): boolean => bindingBan(ban, right, secondsOf(now)) !== undefined
  return { caller, right, banned: binds(standing.ban) || binds(standing.coolDown) }
}

export async function auditRemoval(
  deps: Pick<LeaveDeps, 'audit' | 'config'>,
  stage: Stage,
  { caller, now, requestId }: LeaveCall,
  whom: { readonly participantId: ParticipantId; readonly userId?: UserId },
): Promise<void> {
  const done = { by: caller.userId, at: now }
  const by = { actor: { caller }, ...(requestId !== undefined && { requestId }) }
  const entry = auditEntryOf(by, done, { action: 'participant_removed', ...whom })
  await deps.audit.append(stage.uid, entry, secondsOfDays(deps.config.audit.keepDays))
}
