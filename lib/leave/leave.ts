import { auditEntryOf } from '../audit/audit-entry.ts'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Config } from '../config/config.ts'
import type { Disconnector } from '../ending/disconnector.ts'
import type { Endings } from '../ending/ending.ts'
import { endingsOf } from '../ending/endings-of.ts'
import { Fault } from '../fault.ts'
import { mayActOn } from '../grant/acting.ts'
import { bindingBan } from '../grant/decide-grant.ts'
import type { Ban } from '../grant/grant.ts'
import { rightOf } from '../grant/right.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { ParticipantId, StageId, UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { standingOf } from '../participant/admission.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import { recordedRank } from '../participant/recorded-right.ts'
import { type Participant, participantOf } from '../participant/user-record.ts'
import type { EndReason, Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import { publishes, seatsKeyOf } from '../seat/seat-wish.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import { type EpochMs, secondsOf, secondsOfDays } from '../time.ts'

export interface LeaveDeps {
  readonly stages: StageReader
  readonly participants: ParticipantStore
  readonly seats: Pick<SeatStore, 'free' | 'load'>
  readonly disconnector: Disconnector
  readonly endings: Pick<Endings, 'send'>
  readonly audit: Pick<AuditStore, 'append'>
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

/**
 * Ends a participant: the caller's own, or as a moderator one device of somebody below them. Its token still works until
 * it expires, so an id that may publish, and one that is removed, is disconnected too; a publisher's seat is free after that.
 */
export async function leaveStage(deps: LeaveDeps, call: LeaveCall): Promise<Result<true, Refusal>> {
  // As it is now: on the IVS stage of before a reset, nobody would be found and nobody disconnected.
  const found = await visibleStage({ get: deps.stages.getFresh }, call.caller, call.stageId)
  if (!found.ok) return found
  const stage = found.value
  const owner = call.owner ?? call.caller.userId
  const removing = owner !== call.caller.userId
  const target = removing ? await removable(deps, stage, owner, call) : ok(undefined)
  if (!target.ok) return target
  if (target.value !== undefined) await writeDown(deps, stage, owner, target.value, call)
  const reason: EndReason = removing ? 'kicked' : 'left'
  const key = { stageUid: stage.uid, userId: owner }
  const before = await call.log.time('end', () => deps.participants.end(key, call.participantId, reason, call.now))
  if (before === undefined || before.reserved) return refuse({ code: 'participant_not_found' })
  if (before.expiresAt <= secondsOf(call.now)) return ok(true)
  // What was seen live before is this request's to end, even where a first answer to ending it was lost.
  const isFirst = before.ended === undefined || (target.value !== undefined && target.value.ended === undefined)
  if (isFirst) {
    if (removing || publishes(before)) await disconnect(deps, stage, owner, before, reason)
  } else await finish(deps, stage, owner, before)
  return ok(true)
}

/** Before it is done, so that no removal goes unrecorded; not again for what had ended already. */
async function writeDown(
  deps: LeaveDeps,
  stage: Stage,
  owner: UserId,
  { id, ended, reserved }: Participant,
  call: LeaveCall,
): Promise<void> {
  if (reserved || ended !== undefined) return
  const { caller, now, requestId } = call
  const done = { by: caller.userId, at: now }
  const act = { action: 'participant_removed', userId: owner, participantId: id } as const
  const entry = auditEntryOf({ actor: { caller }, ...(requestId !== undefined && { requestId }) }, done, act)
  await deps.audit.append(stage.uid, entry, secondsOfDays(deps.config.audit.keepDays))
}

/**
 * What had ended before is not disconnected again: a loop of deletes must not use up IVS's five calls a second. Only where
 * a publisher still has its seat was it perhaps never put off, and that is left to the queue.
 */
async function finish(deps: LeaveDeps, stage: Stage, owner: UserId, participant: Participant): Promise<void> {
  if (!publishes(participant)) return
  const seats = await deps.seats.load(seatsKeyOf(stage))
  if (seats === undefined || !Object.hasOwn(seats.leases, participant.id)) return
  await deps.endings.send(endingsOf(stage, owner, [participant], participant.ended ?? 'left'))
}

/** Another user's participant, if the caller may remove it. */
async function removable(
  deps: LeaveDeps,
  stage: Stage,
  owner: UserId,
  { caller, participantId, now }: LeaveCall,
): Promise<Result<Participant, Refusal>> {
  const rules = rulesOf(stage, deps.config)
  const [own, theirs] = await Promise.all(
    [caller.userId, owner].map((userId) => deps.participants.load({ stageUid: stage.uid, userId })),
  )
  const standing = standingOf(own)
  const right = rightOf(rules, caller, standing)
  const binds = (ban: Ban | undefined): boolean => bindingBan(ban, right, secondsOf(now)) !== undefined
  const banned = binds(standing.ban) || binds(standing.coolDown)
  const target = theirs && participantOf(theirs, participantId)
  const allowed = mayActOn({ caller, right, banned }, recordedRank(rules.roles, theirs))
  if (!allowed.ok) return allowed
  return target === undefined ? refuse({ code: 'participant_not_found' }) : ok(target)
}

/** Now if IVS takes it, else from the queue: the id has ended either way, and the seat is kept until it is really off. */
async function disconnect(
  deps: LeaveDeps,
  stage: Stage,
  owner: UserId,
  participant: Participant,
  reason: EndReason,
): Promise<void> {
  const endings = endingsOf(stage, owner, [participant], reason)
  try {
    for (const ending of endings) await deps.disconnector.disconnect(ending)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    await deps.endings.send(endings)
    return
  }
  // Whoever was not there yet may still come with that token, and is watched for until it expires.
  if (reason === 'kicked') await deps.endings.send(endings)
  if (publishes(participant)) await deps.seats.free(seatsKeyOf(stage), participant.id)
}
