import type { Ending } from '../ending/ending.ts'
import { endingsOf } from '../ending/endings-of.ts'
import { Fault } from '../fault.ts'
import { mayActOn } from '../grant/acting.ts'
import type { UserId } from '../ids.ts'
import { mayStillBeThere } from '../participant/moderate.ts'
import { recordedRank } from '../participant/recorded-right.ts'
import { type Participant, participantOf } from '../participant/user-record.ts'
import type { EndReason, Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { publishes, seatsKeyOf } from '../seat/seat-wish.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import { type EpochMs, secondsOfDays } from '../time.ts'
import { actorOn, auditRemoval, type LeaveCall, type LeaveDeps } from './leaving.ts'
import { removeByRoster } from './remove-by-roster.ts'

/**
 * Ends a participant: the caller's own, or as a moderator one device of somebody below them, who need not be named where
 * the roster knows whose it is. Its token still works until it expires, so an id that may publish, and one that is removed,
 * is disconnected too; a publisher's seat is free after that.
 */
export async function leaveStage(deps: LeaveDeps, call: LeaveCall): Promise<Result<true, Refusal>> {
  // As it is now: on the IVS stage of before a reset, nobody would be found and nobody disconnected.
  const found = await visibleStage({ get: deps.stages.getFresh }, call.caller, call.stageId)
  if (!found.ok) return found
  const stage = found.value
  const left = await endOne(deps, stage, call.owner ?? call.caller.userId, call)
  if (left.ok || call.owner !== undefined || left.refusal.code !== 'participant_not_found') return left
  const removed = await removeByRoster(deps, stage, call, (owner) => endOne(deps, stage, owner, call))
  return !removed.ok && removed.refusal.code === 'not_a_moderator' ? left : removed
}

async function endOne(deps: LeaveDeps, stage: Stage, owner: UserId, call: LeaveCall): Promise<Result<true, Refusal>> {
  const removing = owner !== call.caller.userId
  const target = removing ? await removable(deps, stage, owner, call) : ok(undefined)
  if (!target.ok) return target
  if (target.value !== undefined) await writeDown(deps, stage, owner, target.value, call)
  const reason: EndReason = removing ? 'kicked' : 'left'
  const key = { stageUid: stage.uid, userId: owner }
  const before = await call.log.time('end', () => deps.participants.end(key, call.participantId, reason, call.now))
  if (before === undefined || before.reserved) return refuse({ code: 'participant_not_found' })
  // Expiry is checked when joining alone: who joined in time may be there still (IVS facts §12.1).
  if (!mayStillBeThere(before, call.now)) return ok(true)
  // What was seen live before is this request's to end, even where a first answer to ending it was lost.
  const isFirst = before.ended === undefined || (target.value !== undefined && target.value.ended === undefined)
  if (isFirst) {
    if (removing || publishes(before)) await disconnect(deps, stage, owner, before, reason, call.now)
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
  await auditRemoval(deps, stage, call, { userId: owner, participantId: id })
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
  call: LeaveCall,
): Promise<Result<Participant, Refusal>> {
  const [actor, theirs] = await Promise.all([
    actorOn(deps, stage, call),
    deps.participants.load({ stageUid: stage.uid, userId: owner }),
  ])
  const target = theirs && participantOf(theirs, call.participantId)
  const allowed = mayActOn(actor, recordedRank(rulesOf(stage, deps.config), owner, theirs))
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
  now: EpochMs,
): Promise<void> {
  const endings = endingsOf(stage, owner, [participant], reason)
  try {
    for (const ending of endings) {
      await deps.disconnector.disconnect(ending)
      if (reason === 'left') await tellLeft(deps, stage, ending, now)
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    await deps.endings.send(endings)
    return
  }
  // Whoever was not there yet may still come with that token, and is watched for until it expires.
  if (reason === 'kicked') await deps.endings.send(endings)
  if (publishes(participant)) await deps.seats.free(seatsKeyOf(stage), participant.id)
}

/** As the pipeline does of all others. The audit comes last: what fails is left to the pipeline, which tells it by the same id. */
async function tellLeft(
  deps: LeaveDeps,
  { stageId, uid: stageUid }: Stage,
  { participantId, userId, reason }: Ending,
  at: EpochMs,
): Promise<void> {
  const whom = { participantId, ...(userId !== undefined && { userId }) }
  const id = `${participantId}-${reason}`
  await deps.events.publish([{ name: 'participant.ended', id, at, stageId, stageUid, reason, ...whom }])
  const entry = { id, at, action: 'disconnected' as const, by: 'system', rule: reason, ...whom }
  await deps.audit.append(stageUid, entry, secondsOfDays(deps.config.audit.keepDays))
}
