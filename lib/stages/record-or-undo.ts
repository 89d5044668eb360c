import { Fault } from '../fault.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageStore } from '../stage/stage-store.ts'

/**
 * Writes the record of an IVS stage that was made for it, or takes back what was made. Where the answer to the write was
 * lost, the record itself says whether it is there; where that cannot be told either, the IVS stage stays: one without a
 * record is recognised by its tags, a record without its stage would let nobody in.
 * @param write answers whether it wrote
 */
export async function recordOrUndo(
  stages: Pick<StageStore, 'get'>,
  stage: Stage,
  write: () => Promise<boolean>,
  undo: () => Promise<void>,
): Promise<boolean> {
  const isThere = async (): Promise<boolean> => {
    const now = await stages.get(stage.stageId)
    return now?.uid === stage.uid && now.generation.stageArn === stage.generation.stageArn
  }
  try {
    if ((await write()) || (await isThere())) return true
  } catch (fault) {
    const there = await unlessFault(isThere)
    if (there === true) return true
    if (there === false) await unlessFault(undo)
    throw fault
  }
  await unlessFault(undo)
  return false
}

/** What cannot be undone now is left to be recognised later; it must not hide why it was to be undone. */
async function unlessFault<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
