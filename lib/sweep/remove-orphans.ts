import { Fault } from '../fault.ts'
import type { ListedStage } from '../ivs/census.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import { finishWhatIsLeft } from './finish-stages.ts'
import { isOrphan, stageIdOf } from './list-stages.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'

/** Tried in one run; the rest is found again by the next that looks for them. */
const MAX_ORPHANS = 50
const BATCH = 100

/**
 * Finishes what was left undone, and deletes IVS stages that we made and that nothing leads to, for as long as `goesOn` says.
 * Each waits for a place in the quota, so this runs beside the sweeps and never before one. What cannot be done is found again.
 */
export async function removeOrphans(
  deps: ReconcileDeps,
  own: readonly ListedStage[],
  goesOn: () => boolean,
): Promise<void> {
  const records = await tried(deps, {}, () => recordsOf(deps, own))
  if (records === undefined) return
  for (const record of records) if (goesOn()) await finishWhatIsLeft(deps, record)
  const byId = new Map(records.map((record) => [record.stageId, record]))
  const orphans = own.filter((listed) => isOrphan(listed, recordOf(listed, byId), deps.clock()))
  for (const orphan of someOf(orphans, deps.clock())) {
    if (!goesOn()) return
    const [stageArn, stageId] = [orphan.stageArn, stageIdOf(orphan)]
    const about = { stageArn, ...(stageId !== undefined && { stageId }) }
    await tried(deps, about, async () => {
      await deps.ivs.remove(stageArn)
      deps.logger.warn('orphan_removed', about)
    })
  }
}

/** Not always the same first: those that never can be deleted are in no other's way. */
function someOf(orphans: readonly ListedStage[], now: EpochMs): readonly ListedStage[] {
  const start = Math.floor(now / 60_000) % Math.max(1, orphans.length)
  return [...orphans.slice(start), ...orphans.slice(0, start)].slice(0, MAX_ORPHANS)
}

const recordOf = (listed: ListedStage, byId: ReadonlyMap<string, Stage>): Stage | undefined =>
  byId.get(stageIdOf(listed) ?? '')

async function recordsOf({ stages }: ReconcileDeps, own: readonly ListedStage[]): Promise<readonly Stage[]> {
  const ids = [...new Set(own.flatMap((one) => stageIdOf(one) ?? []))]
  const records: Stage[] = []
  for (let from = 0; from < ids.length; from += BATCH) {
    records.push(...(await stages.getAll(ids.slice(from, from + BATCH))))
  }
  return records
}

/** One that stays is in no other's way, nor in that of a sweep. */
async function tried<T>({ logger }: ReconcileDeps, about: object, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    logger.warn('orphan_left', { ...about, code: error.code })
    return undefined
  }
}
