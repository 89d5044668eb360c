import { mayActOn } from '../grant/acting.ts'
import type { UserId } from '../ids.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { seatsKeyOf } from '../seat/seat-wish.ts'
import type { Stage } from '../stage/stage.ts'
import { secondsOf } from '../time.ts'
import { actorOn, auditRemoval, type LeaveCall, type LeaveDeps } from './leaving.ts'

/**
 * Removes a participant of which only the id is known: the roster says whose it is. One that we did not let in is nobody's,
 * and nothing outranks who moderates; it is put out from the queue.
 */
export async function removeByRoster(
  deps: LeaveDeps,
  stage: Stage,
  call: LeaveCall,
  endOf: (owner: UserId) => Promise<Result<true, Refusal>>,
): Promise<Result<true, Refusal>> {
  const { participantId, now } = call
  const roster = await deps.rosters.load(seatsKeyOf(stage))
  const entry = roster?.entries.find((one) => one.participantId === participantId)
  if (entry === undefined) return refuse({ code: 'participant_not_found' })
  if (entry.minted !== undefined) return endOf(entry.minted.userId)
  const allowed = mayActOn(await actorOn(deps, stage, call), Number.NEGATIVE_INFINITY)
  if (!allowed.ok) return allowed
  await auditRemoval(deps, stage, call, { participantId })
  const { number: generation, stageArn } = stage.generation
  const place = { stageId: stage.stageId, stageUid: stage.uid, generation, stageArn }
  const how = { reason: 'kicked', priority: 'kick', freesSeat: false, expiresAt: secondsOf(now) } as const
  await deps.endings.send([{ ...place, ...how, participantId }])
  return ok(true)
}
