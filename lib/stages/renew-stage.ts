import { isDeepStrictEqual } from 'node:util'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import { createdTag, tagsOf } from './own-tags.ts'
import { recordOrUndo } from './record-or-undo.ts'
import type { StagesDeps } from './stages-deps.ts'
import { tell } from './tell.ts'

export type RenewDeps = Pick<StagesDeps, 'stages' | 'seats' | 'ivs' | 'events' | 'deployment'>

/**
 * A new IVS stage behind the same `stageId`, and the old one deleted: everyone out and every old token dead, while members
 * and bans stay. Until the old one is gone the record says so, and the next reset or the upkeep deletes it. Nothing, where
 * the record has changed meanwhile.
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
    updatedAt: now,
    version: seen.version + 1,
  }
  const write = async (): Promise<boolean> => {
    await deps.seats.open({ stageUid: seen.uid, generation: number })
    return deps.stages.save(next, seen)
  }
  const written = await recordOrUndo(deps.stages, next, write, () => deps.ivs.remove(behind.stageArn))
  if (!written) return undefined
  await tell(deps, 'stage.reset', next, now)
  return withoutRetired(deps, next)
}

/** Deletes what a reset left behind and forgets it. Whoever changed the record meanwhile keeps the list: deleting is idempotent. */
async function withoutRetired(deps: Pick<StagesDeps, 'ivs' | 'stages'>, stage: Stage): Promise<Stage> {
  for (const stageArn of stage.retired) await deps.ivs.remove(stageArn)
  const next: Stage = { ...stage, retired: [], version: stage.version + 1 }
  return (await saved(deps, next, stage)) ? next : stage
}

/** A lost answer is not a lost write: where it was not the save that was refused, what it made is there. */
export async function saved(deps: Pick<StagesDeps, 'stages'>, next: Stage, seen: Stage): Promise<boolean> {
  if (await deps.stages.save(next, seen)) return true
  const now = await deps.stages.get(seen.stageId)
  return now !== undefined && isDeepStrictEqual(structuredClone(now), structuredClone(next))
}
