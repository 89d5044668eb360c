import type { SeatStore } from '../../lib/seat/seat-store.ts'
import { type Seats, type SeatsKey, takenIn, withLease, withoutLeases } from '../../lib/seat/seats.ts'

/** The port in memory. */
export function createMemorySeatStore(): SeatStore {
  const items = new Map<string, Seats>()
  const at = (key: SeatsKey): string => `${key.stageUid}/${key.generation}`
  return {
    async open(key) {
      if (!items.has(at(key))) items.set(at(key), { version: 1, leases: {} })
    },
    load: async (key) => items.get(at(key)),
    async save(key, seats, seen) {
      if (items.get(at(key))?.version !== seen.version) return false
      items.set(at(key), seats)
      return true
    },
    async take(key, id, lease, limit) {
      const seats = items.get(at(key))
      if (seats === undefined) return { done: false }
      if (Object.hasOwn(seats.leases, id)) return { done: true, seats }
      if (takenIn(seats) >= limit) return { done: false, seats }
      const next = withLease(seats, id, lease)
      items.set(at(key), next)
      return { done: true, seats: next }
    },
    async free(key, id) {
      const seats = items.get(at(key))
      if (seats !== undefined && Object.hasOwn(seats.leases, id)) items.set(at(key), withoutLeases(seats, [id]))
    },
  }
}
