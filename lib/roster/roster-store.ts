import type { SeatsKey } from '../seat/seats.ts'
import type { Roster } from './roster.ts'

/** Where the roster of one generation of a stage is kept: one item. */
export interface RosterStore {
  /** Consistent. */
  load(key: SeatsKey): Promise<Roster | undefined>
  /** Writes only over what was seen. */
  save(key: SeatsKey, roster: Roster, seen: Roster | undefined): Promise<boolean>
}
