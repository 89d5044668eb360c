import { Fault } from '../fault.ts'
import type { IvsQuota, Priority } from './quota.ts'

export interface Patience {
  readonly quota: IvsQuota
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  /** Milliseconds to wait for a place at the most. */
  readonly longestWaitMs: number
}

/** So that all who were told the same do not come back together; less than a place is kept for whoever waits. */
const JITTER_MS = 50

/**
 * Calls IVS once there is a place in our share of its quota. Throws `Fault('quota_backoff')` where none came free in time:
 * the call has then not been made.
 */
export async function withQuota<T>(
  { quota, wait, random, longestWaitMs }: Patience,
  operation: string,
  priority: Priority,
  call: () => Promise<T>,
): Promise<T> {
  let waited = 0
  for (;;) {
    const answer = await quota.take(operation, priority)
    if (answer.granted) return call()
    const pause = Math.max(1, Math.round(answer.waitMs + random() * JITTER_MS))
    if (waited + pause > longestWaitMs) {
      throw new Fault('quota_backoff', `no place for ${operation} in our share of the quota`, {
        retryAfterSeconds: Math.ceil(answer.waitMs / 1000),
      })
    }
    await wait(pause)
    waited += pause
  }
}
