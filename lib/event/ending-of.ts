import type { Ending } from '../ending/ending.ts'
import type { UserId } from '../ids.ts'
import type { Priority } from '../ivs/quota.ts'
import type { Sighted } from '../participant/sighting.ts'
import type { EndReason } from '../refusal.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'

const PRIORITY: Readonly<Record<EndReason, Priority>> = {
  banned: 'ban',
  kicked: 'kick',
  demoted: 'demotion',
  replaced: 'replace',
  left: 'leave',
  lapsed: 'leave',
}

/** What is to be done about a participant that was seen beyond its right. */
export function endingOf(
  stage: StageOfArn,
  stageArn: string,
  { participant, reason = 'demoted' }: Extract<Sighted, { kind: 'ours' }>,
  userId: UserId,
): Ending {
  const { stageId, stageUid, generation } = stage
  return {
    ...{ stageId, stageUid, generation, stageArn },
    participantId: participant.id,
    userId,
    reason,
    priority: PRIORITY[reason],
    freesSeat: true,
    expiresAt: participant.expiresAt,
  }
}
