import type { Disconnector } from '../ending/disconnector.ts'
import type { Demotion, Ending } from '../ending/ending.ts'
import { Fault } from '../fault.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import { mayHoldSeat } from '../participant/moderate.ts'
import type { Participant } from '../participant/user-record.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import type { PutOutAnswer } from './moderation.schema.ts'

/** Few: whoever asks is waiting, and everyone's calls come out of one quota. */
const AT_ONCE = 3

export interface Offs {
  /** Does not wait for a place in the quota: somebody is waiting for the answer. */
  readonly disconnector: Disconnector
}

/**
 * Disconnects now those who were last seen connected, as far as the quota has a place for them this moment, while all of
 * them go to the pipeline, which retries and watches. Says of whom IVS has confirmed it.
 */
export async function disconnectNow(
  deps: Offs,
  endings: readonly Ending[],
  connected: readonly ParticipantId[],
): Promise<PutOutAnswer> {
  const there = endings.filter(({ participantId }) => connected.includes(participantId)).slice(0, AT_ONCE)
  const tried = await Promise.all(there.map((ending) => isOff(deps, ending)))
  const disconnected = there.filter((_, index) => tried[index]).map(({ participantId }) => participantId)
  const pending = endings.map(({ participantId }) => participantId).filter((id) => !disconnected.includes(id))
  return { disconnected, pending }
}

async function isOff({ disconnector }: Offs, ending: Ending): Promise<boolean> {
  try {
    await disconnector.disconnect(ending)
    return true
  } catch (error) {
    // The pipeline has it too, and does not give up.
    if (error instanceof Fault) return false
    throw error
  }
}

export function demotionsOf(
  stage: Stage,
  userId: UserId,
  demoted: readonly Participant[],
  now: EpochMs,
): readonly Demotion[] {
  return demoted.map((one) => ({
    stageId: stage.stageId,
    stageUid: stage.uid,
    generation: stage.generation.number,
    stageArn: stage.generation.stageArn,
    participantId: one.id,
    userId,
    capabilities: one.capabilities,
    freesSeat: mayHoldSeat(one) && !one.capabilities.includes('PUBLISH'),
    expiresAt: one.expiresAt,
    deadlineSeconds: Math.max(0, Math.ceil(((one.grace?.until ?? now) - now) / 1000)),
  }))
}
