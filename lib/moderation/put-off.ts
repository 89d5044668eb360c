import type { Demotion, Ending } from '../ending/ending.ts'
import { Fault } from '../fault.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import type { Priority } from '../ivs/quota.ts'
import { type Moderated, mayHoldSeat } from '../participant/moderate.ts'
import type { Participant } from '../participant/user-record.ts'
import type { EndReason } from '../refusal.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import type { ModerationDeps } from './moderating.ts'
import type { PutOutAnswer } from './moderation.schema.ts'

/** Few: whoever asks is waiting, and everyone's calls come out of one quota. */
const AT_ONCE = 3

const placeOf = ({ stageId, uid, generation }: Stage) => ({
  stageId,
  stageUid: uid,
  generation: generation.number,
  stageArn: generation.stageArn,
})

export function endingsOf(
  stage: Stage,
  userId: UserId,
  out: readonly Participant[],
  reason: EndReason,
  priority: Priority,
): readonly Ending[] {
  return out.map((one) => ({
    ...placeOf(stage),
    participantId: one.id,
    userId,
    reason,
    priority,
    freesSeat: mayHoldSeat(one),
    expiresAt: one.expiresAt,
  }))
}

export function demotionsOf(
  stage: Stage,
  userId: UserId,
  demoted: readonly Participant[],
  now: EpochMs,
): readonly Demotion[] {
  return demoted.map((one) => ({
    ...placeOf(stage),
    participantId: one.id,
    userId,
    capabilities: one.capabilities,
    freesSeat: mayHoldSeat(one) && !one.capabilities.includes('PUBLISH'),
    expiresAt: one.expiresAt,
    deadlineSeconds: Math.max(0, Math.ceil(((one.grace?.until ?? now) - now) / 1000)),
  }))
}

/**
 * Disconnects now those who were last seen connected, as far as the quota has a place for them this moment, while all of
 * them go to the pipeline, which retries and watches. Says of whom IVS has confirmed it.
 */
export async function disconnectNow(
  deps: Pick<ModerationDeps, 'quota' | 'disconnector'>,
  stage: Stage,
  { out, connected }: Pick<Moderated, 'out' | 'connected'>,
  reason: EndReason,
  priority: Priority,
): Promise<PutOutAnswer> {
  const ids = out.map(({ id }) => id)
  const there = ids.filter((id) => connected.includes(id)).slice(0, AT_ONCE)
  const tried = await Promise.all(there.map((id) => isOff(deps, stage, id, reason, priority)))
  const disconnected = there.filter((_, index) => tried[index])
  return { disconnected, pending: ids.filter((id) => !disconnected.includes(id)) }
}

async function isOff(
  { quota, disconnector }: Pick<ModerationDeps, 'quota' | 'disconnector'>,
  stage: Stage,
  id: ParticipantId,
  reason: EndReason,
  priority: Priority,
): Promise<boolean> {
  try {
    if (!(await quota.take('DisconnectParticipant', priority)).granted) return false
    await disconnector.disconnect(stage.generation.stageArn, id, reason)
    return true
  } catch (error) {
    // The pipeline has it too, and does not give up.
    if (error instanceof Fault) return false
    throw error
  }
}
