import { parseStageId, type StageId } from '../ids.ts'
import type { ListedStage } from '../ivs/census.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageArns, StageOfArn } from '../stage/stage-arns.ts'
import { CREATED_TAG, DEPLOYMENT_TAG, STAGE_ID_TAG, STAGE_UID_TAG } from '../stages/own-tags.ts'
import type { EpochMs } from '../time.ts'

/** A stage of ours that has a session. */
export type FoundLive = StageOfArn & { readonly stageArn: string; readonly sessionId: string }

export const isOwn = ({ tags }: ListedStage, deployment: string): boolean => tags[DEPLOYMENT_TAG] === deployment

/** Which of our stages are live. One whose record is not yet written is found the next time. */
export async function liveAmong(
  listed: readonly ListedStage[],
  arns: Pick<StageArns, 'find'>,
): Promise<readonly FoundLive[]> {
  const found: FoundLive[] = []
  for (const { stageArn, sessionId } of listed) {
    const stage = sessionId === undefined ? undefined : await arns.find(stageArn)
    if (stage !== undefined && sessionId !== undefined) found.push({ ...stage, stageArn, sessionId })
  }
  return found
}

/** A stage that is being made has its record within seconds; an hour is beyond any doubt. */
const ORPHAN_AFTER_MS = 3_600_000

export const stageIdOf = ({ tags }: ListedStage): StageId | undefined => {
  const stageId = parseStageId(tags[STAGE_ID_TAG])
  return stageId.ok ? stageId.value : undefined
}

/**
 * Whether an IVS stage that we made has no record behind it any more, because whoever made it was cut off. Without the tag
 * that says when we made it, it is not ours to judge: it was adopted, or is older than the tag.
 */
export function isOrphan(listed: ListedStage, record: Stage | undefined, now: EpochMs): boolean {
  const created = Date.parse(listed.tags[CREATED_TAG] ?? '')
  if (!(created <= now - ORPHAN_AFTER_MS)) return false
  if (record === undefined || record.uid !== listed.tags[STAGE_UID_TAG]) return true
  return record.generation.stageArn !== listed.stageArn && !record.retired.includes(listed.stageArn)
}
