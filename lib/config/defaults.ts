import type { Config, TokenMode } from './config.ts'

/** What a token lasts unless someone says otherwise: renewable ones are kept short. */
export const DEFAULT_MINUTES: Readonly<Record<TokenMode, number>> = { 'key-pair': 180, ivs: 720 }
/** No token lives longer unless the deployment says so. */
export const MAX_MINUTES = 720

/** A year of audit and then some; history is for looking into what just happened. */
export const DEFAULT_KEEP_DAYS = { audit: 400, history: 30 } as const

/** The rest is for the console, scripts and whatever else of the account calls IVS. */
export const DEFAULT_QUOTA_SHARE = 0.8

export const DEFAULT_LIMITS: Config['limits'] = {
  mintsPerMinute: 10,
  unexpiredIds: 16,
  refreshGapSeconds: 6,
  seatLeaseSeconds: 300,
}
