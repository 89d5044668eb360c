import type { Participant } from '../participant/user-record.ts'
import type { EndReason } from '../refusal.ts'
import type { Stage } from '../stage/stage.ts'
import type { Disconnect } from './disconnects.ts'

/** What must be done about participants of this stage that have ended. */
export function disconnectsOf(stage: Stage, ended: readonly Participant[], reason: EndReason): readonly Disconnect[] {
  return ended.map(({ id, capabilities }) => ({
    stageUid: stage.uid,
    generation: stage.generation.number,
    stageArn: stage.generation.stageArn,
    participantId: id,
    reason,
    freesSeat: capabilities.includes('PUBLISH'),
  }))
}
