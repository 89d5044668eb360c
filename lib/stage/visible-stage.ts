import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Stage } from './stage.ts'
import type { StageReader } from './stage-cache.ts'

/** The stage, if it is there for this caller: one outside the issuer's prefix is as absent as one that never was. */
export async function visibleStage(
  stages: Pick<StageReader, 'get'>,
  caller: Caller,
  stageId: StageId,
): Promise<Result<Stage, Refusal>> {
  if (!stageId.startsWith(caller.stageIdPrefix)) return refuse({ code: 'stage_not_found' })
  const stage = await stages.get(stageId)
  return stage === undefined ? refuse({ code: 'stage_not_found' }) : ok(stage)
}
