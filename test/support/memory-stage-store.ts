import type { StageId } from '../../lib/ids.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import type { StageStore } from '../../lib/stage/stage-store.ts'

/** The port in memory. */
export function createMemoryStageStore(): StageStore {
  const records = new Map<StageId, Stage>()
  const isStill = (seen: Stage): boolean => {
    const now = records.get(seen.stageId)
    return now?.uid === seen.uid && now.version === seen.version
  }
  return {
    get: async (stageId) => records.get(stageId),
    async create(stage) {
      const there = records.get(stage.stageId)
      if (there !== undefined && there.uid !== stage.uid) return false
      records.set(stage.stageId, stage)
      return true
    },
    async save(stage, seen) {
      if (!isStill(seen)) return false
      records.set(stage.stageId, stage)
      return true
    },
    async remove(seen) {
      return isStill(seen) && records.delete(seen.stageId)
    },
    async list({ prefix, limit, after }) {
      const ids = [...records.keys()]
        .filter((id) => id.startsWith(prefix) && (after === undefined || id > after))
        .filter((id) => records.get(id)?.deleting === false)
        .sort()
      const entries = ids.slice(0, limit).flatMap((stageId) => {
        const stage = records.get(stageId)
        if (stage === undefined) return []
        const endpointsAt = stage.endpoints.at(-1)?.fetchedAt ?? 0
        return [{ stageId, endpointsAt, retired: stage.retired.length > 0 }]
      })
      const last = entries.at(-1)
      return { entries, ...(ids.length > limit && last !== undefined && { next: last.stageId }) }
    },
    beingDeleted: async (limit) =>
      [...records.values()].flatMap(({ stageId, deleting }) => (deleting ? [stageId] : [])).slice(0, limit),
    getAll: async (stageIds) => stageIds.flatMap((stageId) => records.get(stageId) ?? []),
  }
}
