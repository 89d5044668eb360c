import { Fault } from '../fault.ts'
import type { Stage } from '../stage/stage.ts'
import { finishDeletion, finishReset } from '../stages/finish-stage.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'

type FinishingDeps = Pick<ReconcileDeps, 'stages' | 'ivs' | 'events' | 'clock' | 'logger'>

/** Whoever began is through with it by then, or was cut off. */
const LEFT_AFTER_MS = 60_000
const MAX_DELETIONS = 20

/**
 * Deletes and tells what a reset or a deletion left undone because it was cut off, or because IVS or the bus was in trouble.
 * Answers whether there was anything; what cannot be done now either is found again.
 */
export async function finishWhatIsLeft(deps: FinishingDeps, record: Stage): Promise<boolean> {
  const { stageId, deleting } = record
  if ((!deleting && isClean(record)) || record.updatedAt > deps.clock() - LEFT_AFTER_MS) return false
  try {
    const isFinished = deleting ? await finishDeletion(deps, record) : isClean(await finishReset(deps, record))
    if (isFinished) deps.logger.info('stage_finished', { stageId })
    else deps.logger.warn('stage_unfinished', { stageId })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    deps.logger.warn('stage_unfinished', { stageId, code: error.code })
  }
  return true
}

const isClean = ({ retired, untold }: Stage): boolean => retired.length === 0 && untold === undefined

/** A deletion may have taken the IVS stage with it before it was cut off: then no list of IVS's leads to its record. */
export async function finishDeletions(deps: FinishingDeps): Promise<void> {
  for (const stageId of await deps.stages.beingDeleted(MAX_DELETIONS)) {
    const record = await deps.stages.get(stageId)
    if (record?.deleting) await finishWhatIsLeft(deps, record)
  }
}
