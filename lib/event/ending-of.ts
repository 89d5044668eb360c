import type { Ending } from '../ending/ending.ts'
import { parseUserId } from '../ids.ts'
import type { Participant } from '../participant/user-record.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'

/** What is to be done about a participant that was seen beyond its right. */
export function endingOf(
  stage: StageOfArn,
  stageArn: string,
  participant: Participant,
  seenAs: string | undefined,
): Ending {
  const userId = parseUserId(seenAs)
  const { stageId, stageUid, generation } = stage
  return {
    ...{ stageId, stageUid, generation, stageArn },
    participantId: participant.id,
    ...(userId.ok && { userId: userId.value }),
    reason: participant.ended ?? 'demoted',
    priority: participant.ended === 'banned' ? 'ban' : participant.ended === 'kicked' ? 'kick' : 'demotion',
    freesSeat: true,
    expiresAt: participant.expiresAt,
  }
}
