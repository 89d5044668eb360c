import type { Endings } from '../ending/ending.ts'
import type { UserId } from '../ids.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { SightedOurs } from '../participant/sighting.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import type { Clock } from '../time.ts'
import { endingOf } from './ending-of.ts'

export interface EndBeyondDeps {
  readonly participants: Pick<ParticipantStore, 'end'>
  readonly endings: Pick<Endings, 'send'>
  readonly clock: Clock
}

/** Ends whoever was seen to do more than they may: in the books first, then on the stage. Throws `Fault`. */
export async function endBeyond(
  deps: EndBeyondDeps,
  stage: StageOfArn,
  stageArn: string,
  seen: SightedOurs,
  userId: UserId,
): Promise<void> {
  const { participant, reason } = seen
  if (reason === undefined) {
    await deps.participants.end({ stageUid: stage.stageUid, userId }, participant.id, 'demoted', deps.clock())
  }
  await deps.endings.send([endingOf(stage, stageArn, seen, userId)])
}
