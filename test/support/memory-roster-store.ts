import type { Roster } from '../../lib/roster/roster.ts'
import type { RosterStore } from '../../lib/roster/roster-store.ts'
import type { SeatsKey } from '../../lib/seat/seats.ts'

/** The port in memory. */
export function createMemoryRosterStore(): RosterStore {
  const items = new Map<string, Roster>()
  const at = (key: SeatsKey): string => `${key.stageUid}/${key.generation}`
  return {
    load: async (key) => items.get(at(key)),
    async save(key, roster, seen) {
      if (items.get(at(key))?.version !== seen?.version) return false
      items.set(at(key), roster)
      return true
    },
  }
}
