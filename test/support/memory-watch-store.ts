import type { Watch, WatchKey, WatchStore } from '../../lib/ending/watch-store.ts'

/** The port in memory. */
export function createMemoryWatchStore(): WatchStore & { readonly items: ReadonlyMap<string, Watch> } {
  const items = new Map<string, Watch>()
  const at = ({ stageUid, generation, userId }: WatchKey): string => `${stageUid}#${generation}#${userId}`
  return {
    items,
    load: async (key) => items.get(at(key)),
    async save(key, watch, seen) {
      if (items.get(at(key))?.version !== seen?.version) return false
      items.set(at(key), watch)
      return true
    },
  }
}
