import type { SeatsKey } from '../seat/seats.ts'
import type { EpochMs } from '../time.ts'

/** Whether IVS had a session on the stage, when it was last asked. */
export interface Pulse {
  readonly live: boolean
  readonly asOf: EpochMs
}

/** Asked of IVS at most once in so long for a stage, whoever reads it: five calls a second are all there are. */
export const PULSE_MS = 10_000

/** Where the last pulse of a stage is kept, one item a stage. */
export interface PulseStore {
  load(key: SeatsKey): Promise<Pulse | undefined>
  /** Whether the caller is the one who asks now; others use what is there. */
  claim(key: SeatsKey, now: EpochMs): Promise<boolean>
  save(key: SeatsKey, pulse: Pulse): Promise<void>
}
