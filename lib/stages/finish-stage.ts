import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../fault.ts'
import type { Stage } from '../stage/stage.ts'
import type { StagesDeps } from './stages-deps.ts'
import { tellDeleted, tellResets } from './tell.ts'

export type FinishDeps = Pick<StagesDeps, 'stages' | 'ivs' | 'events'>

/**
 * What a reset leaves to be done: the IVS stages of before are deleted, and it is told. Neither waits for the other, and what
 * could not be done stays in the record. A bus in trouble is no failure: the reset holds, and to repeat it would put out
 * everyone who has come since. Throws the `Fault` of IVS where a stage would not go.
 */
export async function finishReset(deps: FinishDeps, stage: Stage): Promise<Stage> {
  const [gone, told] = await Promise.allSettled([removeAll(deps, stage.retired), tellResets(deps, stage)])
  const { untold, ...rest } = stage
  const next: Stage = {
    ...rest,
    ...(told.status === 'rejected' && untold !== undefined && { untold }),
    retired: gone.status === 'rejected' ? stage.retired : [],
    version: stage.version + 1,
  }
  const isChanged = next.retired !== stage.retired || next.untold !== untold
  // Whoever changed the record meanwhile keeps both lists: to delete and to tell again is the same.
  const written = isChanged && (await saved(deps, next, stage))
  if (gone.status === 'rejected') throw gone.reason
  if (told.status === 'rejected' && !(told.reason instanceof Fault)) throw told.reason
  return written ? next : stage
}

/** What a deletion leaves to be done once its record says that it is under way. Answers whether it removed the record. */
export async function finishDeletion(deps: FinishDeps, marked: Stage): Promise<boolean> {
  await removeAll(deps, [...marked.retired, marked.generation.stageArn])
  // While there is a record, whoever is cut off here is found, and it is told again.
  await tellDeleted(deps, marked)
  return deps.stages.remove(marked)
}

async function removeAll({ ivs }: FinishDeps, stageArns: readonly string[]): Promise<void> {
  for (const stageArn of stageArns) await ivs.remove(stageArn)
}

/** A lost answer is not a lost write: where it was not the save that was refused, what it made is there. */
export async function saved(deps: Pick<FinishDeps, 'stages'>, next: Stage, seen: Stage): Promise<boolean> {
  if (await deps.stages.save(next, seen)) return true
  const now = await deps.stages.get(seen.stageId)
  return now !== undefined && isDeepStrictEqual(structuredClone(now), structuredClone(next))
}
