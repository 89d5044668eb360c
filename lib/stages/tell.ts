import type { DomainEvent } from '../domain-event/domain-event.ts'
import { happeningId } from '../domain-event/event-id.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import type { StagesDeps } from './stages-deps.ts'

type TellDeps = Pick<StagesDeps, 'events'>

/** Tells of the resets that nobody was told of yet. */
export async function tellResets({ events }: TellDeps, stage: Stage): Promise<void> {
  if (stage.untold !== undefined) await events.publish(resetsOf(stage))
}

/** Tells that a stage is gone, and of resets before, where they are not told yet. */
export const tellDeleted = ({ events }: TellDeps, stage: Stage): Promise<void> =>
  events.publish([
    ...resetsOf(stage),
    happening('stage.deleted', stage, { generation: stage.generation.number, at: stage.updatedAt }),
  ])

const resetsOf = (stage: Stage): readonly DomainEvent[] =>
  (stage.untold ?? []).map((reset) => happening('stage.reset', stage, reset))

/** Each generation is reset or deleted once, so that telling it again is the same. */
const happening = (
  name: 'stage.reset' | 'stage.deleted',
  { stageId, uid: stageUid }: Stage,
  { generation, at }: { readonly generation: number; readonly at: EpochMs },
): DomainEvent => ({ name, id: happeningId([stageUid, name, generation]), at, stageId, stageUid })
