import type { EpochMs } from '../../lib/time.ts'
import type { Throttle } from '../deployment/deployment.ts'

/** A token bucket for each route, as `RouteSettings` says; answers whether this request may pass. */
export function createThrottles(
  limits: Readonly<Record<string, Throttle>>,
  now: () => EpochMs,
): (routeKey: string) => boolean {
  const buckets = new Map<string, { tokens: number; at: EpochMs }>()
  return (routeKey) => {
    const limit = limits[routeKey] ?? limits.$default
    if (!limit) return true
    const at = now()
    const bucket = buckets.get(routeKey) ?? { tokens: limit.burst, at }
    bucket.tokens = Math.min(limit.burst, bucket.tokens + ((at - bucket.at) / 1000) * limit.ratePerSecond)
    bucket.at = at
    buckets.set(routeKey, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }
}
