import { answerOf, type CallWindow, isKeptFor, keptUntil, windowLimits, withCall } from '../../lib/ivs/call-window.ts'
import type { IvsQuota } from '../../lib/ivs/quota.ts'
import type { Clock } from '../../lib/time.ts'

/** The port in memory, made of the pure rule. */
export function createMemoryQuota({ share, clock }: { readonly share: number; readonly clock: Clock }): IvsQuota {
  const windows = new Map<string, CallWindow>()
  return {
    async take(operation, priority) {
      const limits = windowLimits(operation, share)
      const now = clock()
      const window = windows.get(operation) ?? { recent: [], waiting: {} }
      const answer = answerOf(window, limits, priority, now)
      if (answer.granted) windows.set(operation, withCall(window, limits, now))
      else if (isKeptFor(priority)) {
        const waiting = { ...window.waiting, [priority]: keptUntil(answer.waitMs, now) }
        windows.set(operation, { ...window, waiting })
      }
      return answer
    },
  }
}
