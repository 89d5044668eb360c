import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import { finishReset } from './finish-stage.ts'
import { createdTag, tagsOf } from './own-tags.ts'
import { recordOrUndo } from './record-or-undo.ts'
import type { StagesDeps } from './stages-deps.ts'

export type RenewDeps = Pick<StagesDeps, 'stages' | 'seats' | 'ivs' | 'events' | 'deployment'>

/**
 * A new IVS stage behind the same `stageId`, and the old one deleted: everyone out and every old token dead, while members
 * and bans stay. The record says what is left to be done, in the write that makes the reset so: whoever is cut off after it
 * leaves it to `reconcile`. Nothing, where the record has changed meanwhile.
 */
export async function renewStage(deps: RenewDeps, seen: Stage, now: EpochMs): Promise<Stage | undefined> {
  const behind = await deps.ivs.create(seen.stageId, { ...tagsOf(deps.deployment, seen), ...createdTag(now) })
  const number = seen.generation.number + 1
  const version = Math.max(...seen.endpoints.map((endpoints) => endpoints.version)) + 1
  const next: Stage = {
    ...seen,
    generation: { number, stageArn: behind.stageArn },
    endpoints: [{ ...behind.endpoints, version, fetchedAt: now }],
    retired: [...seen.retired, seen.generation.stageArn],
    untold: [...(seen.untold ?? []), { generation: number, at: now }],
    updatedAt: now,
    version: seen.version + 1,
  }
  const write = async (): Promise<boolean> => {
    await deps.seats.open({ stageUid: seen.uid, generation: number })
    return deps.stages.save(next, seen)
  }
  const written = await recordOrUndo(deps.stages, next, write, () => deps.ivs.remove(behind.stageArn))
  return written ? finishReset(deps, next) : undefined
}
