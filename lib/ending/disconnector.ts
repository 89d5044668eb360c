import { Fault } from '../fault.ts'
import type { Clock } from '../time.ts'
import type { Ending } from './ending.ts'

/** Disconnects a participant. Whoever is not there is no failure. Throws `Fault`: `quota_backoff`, `ivs_error`. */
export interface Disconnector {
  disconnect(ending: Ending): Promise<void>
}

export interface Insistence {
  readonly clock: Clock
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

const ATTEMPTS = 4
const FIRST_WAIT_MS = 250
/** Beyond this the message had better come again: whoever carries it out has only so long. */
const LONGEST_MS = 8_000

/** The same, which does not take IVS's first failure for an answer. Waits twice as long each time, less a part by chance. */
export const insistent = (disconnector: Disconnector, { clock, wait, random }: Insistence): Disconnector => ({
  async disconnect(ending) {
    const begun = clock()
    for (let attempt = 1; ; attempt++) {
      try {
        return await disconnector.disconnect(ending)
      } catch (error) {
        const isOver = attempt === ATTEMPTS || clock() - begun >= LONGEST_MS
        if (isOver || !(error instanceof Fault)) throw error
        await wait(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random() / 2))
      }
    }
  },
})
