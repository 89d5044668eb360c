import type { UserId } from '../ids.ts'
import type { Priority } from '../ivs/quota.ts'
import { mayHoldSeat } from '../participant/moderate.ts'
import type { Participant, PrunedId } from '../participant/user-record.ts'
import type { EndReason } from '../refusal.ts'
import type { Stage } from '../stage/stage.ts'
import type { Ending, Watching } from './ending.ts'

/** How much it matters that somebody is off, by why they should be. */
export const PRIORITY_OF: Readonly<Record<EndReason, Priority>> = {
  banned: 'ban',
  kicked: 'kick',
  demoted: 'demotion',
  replaced: 'replace',
  left: 'leave',
  lapsed: 'leave',
}

/** What must be done about participants of this stage that have ended. */
export function endingsOf(
  stage: Stage,
  userId: UserId,
  ended: readonly Participant[],
  reason: EndReason,
): readonly Ending[] {
  return ended.map((participant) => ({
    stageId: stage.stageId,
    stageUid: stage.uid,
    generation: stage.generation.number,
    stageArn: stage.generation.stageArn,
    participantId: participant.id,
    userId,
    reason,
    priority: PRIORITY_OF[reason],
    freesSeat: mayHoldSeat(participant),
    expiresAt: participant.expiresAt,
  }))
}

/** The same of those that had ended before: off the stage just as surely, and told of then. */
export const lingeringOf = (
  stage: Stage,
  userId: UserId,
  lingering: readonly Participant[],
  reason: 'kicked' | 'banned',
): readonly Ending[] => endingsOf(stage, userId, lingering, reason).map((ending) => ({ ...ending, again: true }))

/** That a user's pruned ids are watched for, now that they were put out. */
export const watchingOf = (
  stage: Stage,
  userId: UserId,
  pruned: readonly PrunedId[],
  reason: 'kicked' | 'banned',
): Watching => ({
  stageId: stage.stageId,
  stageUid: stage.uid,
  generation: stage.generation.number,
  stageArn: stage.generation.stageArn,
  ...{ userId, reason, ids: pruned.map(({ id: participantId, expiresAt }) => ({ participantId, expiresAt })) },
})
