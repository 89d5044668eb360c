import type { StageStore } from '../stage/stage-store.ts'
import type { Place } from './ending.ts'

/** An IVS stage that its stage's record does not name, neither as the current one nor as one still to be deleted. */
export const goneFrom =
  (stages: Pick<StageStore, 'get'>) =>
  async ({ stageId, stageUid, stageArn }: Place): Promise<boolean> => {
    const stage = await stages.get(stageId)
    if (stage === undefined || stage.uid !== stageUid) return true
    return stage.generation.stageArn !== stageArn && !stage.retired.includes(stageArn)
  }
