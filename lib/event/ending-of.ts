import type { Ending } from '../ending/ending.ts'
import { PRIORITY_OF } from '../ending/endings-of.ts'
import type { UserId } from '../ids.ts'
import type { SightedOurs } from '../participant/sighting.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'

/** What is to be done about a participant that was seen beyond its right. */
export function endingOf(
  stage: StageOfArn,
  stageArn: string,
  { participant, reason = 'demoted' }: SightedOurs,
  userId: UserId,
): Ending {
  const { stageId, stageUid, generation } = stage
  return {
    ...{ stageId, stageUid, generation, stageArn },
    participantId: participant.id,
    userId,
    reason,
    priority: PRIORITY_OF[reason],
    freesSeat: true,
    expiresAt: participant.expiresAt,
  }
}
