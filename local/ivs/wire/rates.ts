import { IvsException } from '../exception.ts'
import type { Operation } from './service.ts'

interface Bucket {
  tokens: number
  at: number
}

/** One token bucket per operation: as many calls at once as a second allows, refilled evenly. */
export interface Rates {
  /** Throws the exception throttling travels as when there is no call left. */
  take(operation: Operation, now: number): void
}

export function createRates(exception: 'ThrottlingException' | 'TooManyRequestsException'): Rates {
  const buckets = new Map<string, Bucket>()
  return {
    take({ name, row }, now) {
      const bucket = buckets.get(name) ?? { tokens: row.tps, at: now }
      bucket.tokens = Math.min(row.tps, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * row.tps)
      bucket.at = now
      buckets.set(name, bucket)
      if (bucket.tokens < 1) throw new IvsException(exception, 'Rate exceeded')
      bucket.tokens -= 1
    },
  }
}
