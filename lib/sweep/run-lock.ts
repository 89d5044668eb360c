import type { EpochMs } from '../time.ts'

/** So that two runs never sweep at once: together they would ask for twice what there is to be asked. */
export interface RunLock {
  /** Takes or keeps the lock until then; refused while somebody else has it. */
  hold(holder: string, until: EpochMs, now: EpochMs): Promise<boolean>
  /** Harmless where somebody else has it. */
  release(holder: string): Promise<void>
}
