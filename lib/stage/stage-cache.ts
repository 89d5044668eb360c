import type { StageId } from '../ids.ts'
import type { Clock, EpochMs } from '../time.ts'
import type { Stage } from './stage.ts'
import type { StageStore } from './stage-store.ts'

/** Settings may be this old; bans, roles, sessions and seats never are. */
export const STAGE_CACHE_MS = 5_000
const MAX_STAGES = 1_000

export interface StageReader {
  /** The stage as it was at most five seconds ago, or nothing where there is none (never remembered). */
  get(stageId: StageId): Promise<Stage | undefined>
  /** The stage as it is now. */
  getFresh(stageId: StageId): Promise<Stage | undefined>
}

/** One read a stage and five seconds, however many ask at once. */
export function createStageCache(store: Pick<StageStore, 'get'>, clock: Clock): StageReader {
  const cached = new Map<StageId, { readonly stage: Stage; readonly at: EpochMs }>()
  const reading = new Map<StageId, Promise<Stage | undefined>>()

  const read = async (stageId: StageId): Promise<Stage | undefined> => {
    const at = clock()
    const stage = await store.get(stageId)
    cached.delete(stageId)
    if (stage === undefined || stage.deleting) return undefined
    if (cached.size >= MAX_STAGES) cached.delete(cached.keys().next().value as StageId)
    cached.set(stageId, { stage, at })
    return stage
  }

  const getFresh = (stageId: StageId): Promise<Stage | undefined> => {
    const under = reading.get(stageId) ?? read(stageId).finally(() => reading.delete(stageId))
    reading.set(stageId, under)
    return under
  }

  return {
    getFresh,
    async get(stageId) {
      const hit = cached.get(stageId)
      const age = hit === undefined ? Number.POSITIVE_INFINITY : clock() - hit.at
      return hit !== undefined && age >= 0 && age < STAGE_CACHE_MS ? hit.stage : getFresh(stageId)
    },
  }
}
