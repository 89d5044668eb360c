import type { ParticipantId } from '../ids.ts'
import type { Lease, Seats, SeatsKey } from './seats.ts'

/** Where a stage's seats are kept: one item, which at most as many people write as there are seats. */
export interface SeatStore {
  /** Makes the item, empty. Harmless where it exists. */
  open(key: SeatsKey): Promise<void>
  /** Consistent. A stage without the item has no seats to give. */
  load(key: SeatsKey): Promise<Seats | undefined>
  /** Writes only over what was seen. */
  save(key: SeatsKey, seats: Seats, seen: Seats): Promise<boolean>
  /**
   * Takes a seat while fewer than `limit` are taken; already holding it is success. `seats` is what stands there now,
   * where the engine says.
   */
  take(key: SeatsKey, id: ParticipantId, lease: Lease, limit: number): Promise<{ done: boolean; seats?: Seats }>
  /** Idempotent. */
  free(key: SeatsKey, id: ParticipantId): Promise<void>
}
