import { Fault } from './fault.ts'

/** How a writer waits for its turn: passed in, as clocks are. */
export interface Pauses {
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/**
 * Of many who want one item at once somebody is always done; with ten, on a slow table, one attempt in three. So it is the
 * number that makes sure. All of them take some ten seconds, twenty at the most: within a function's timeout.
 */
const ATTEMPTS = 40
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

/**
 * Reads and writes over what was read, again and again while others were faster (`write` answers nothing). The pauses grow
 * and are drawn from their whole length, so that many who want the same item spread out instead of meeting each time.
 * Throws `Fault('storage_unavailable')` where others were faster every time.
 */
export async function untilWritten<T>(
  { wait, random }: Pauses,
  item: string,
  write: (attempt: number) => Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await wait(random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)))
    const written = await write(attempt)
    if (written !== undefined) return written
  }
  throw new Fault('storage_unavailable', `${item} changed under every attempt to write it`)
}
