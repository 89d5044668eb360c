import type { StageId, StageUid } from '../ids.ts'
import type { Stage } from '../stage/stage.ts'
import { type EpochMs, isoOfMs } from '../time.ts'

/** IAM lets a deployment touch only stages that carry its own value of this tag. */
export const DEPLOYMENT_TAG = 'stagedoor:deployment'
export const STAGE_ID_TAG = 'stagedoor:stage-id'
export const STAGE_UID_TAG = 'stagedoor:stage-uid'
/** Only of IVS stages that we made: what was adopted is never ours to tidy away. */
export const CREATED_TAG = 'stagedoor:created'

/** What an IVS stage of ours says about itself, so that one without a record is recognised. */
export const ownTags = (deployment: string, stageId: StageId, uid: StageUid): Readonly<Record<string, string>> => ({
  [DEPLOYMENT_TAG]: deployment,
  [STAGE_ID_TAG]: stageId,
  [STAGE_UID_TAG]: uid,
})

export const createdTag = (now: EpochMs): Readonly<Record<string, string>> => ({ [CREATED_TAG]: isoOfMs(now) })

/** All the tags of the IVS stage behind one of ours: its owner's and, whatever those say, ours. */
export const tagsOf = (deployment: string, stage: Stage): Readonly<Record<string, string>> => ({
  ...stage.tags,
  ...ownTags(deployment, stage.stageId, stage.uid),
})
