import { happeningId } from '../domain-event/event-id.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import type { StagesDeps } from './stages-deps.ts'

/** Tells that a stage was reset or is gone; each generation is either once, so that telling it again is the same. */
export function tell(
  { events }: Pick<StagesDeps, 'events'>,
  name: 'stage.reset' | 'stage.deleted',
  { stageId, uid: stageUid, generation }: Stage,
  at: EpochMs,
): Promise<void> {
  return events.publish([{ name, id: happeningId([stageUid, name, generation.number]), at, stageId, stageUid }])
}
