import type { Config, TokenMode } from './config.ts'

/** What a token lasts unless someone says otherwise: renewable ones are kept short. */
export const DEFAULT_MINUTES: Readonly<Record<TokenMode, number>> = { 'key-pair': 180, ivs: 720 }
/** No token lives longer unless the deployment says so. */
export const MAX_MINUTES = 720

export const DEFAULT_LIMITS: Config['limits'] = {
  mintsPerMinute: 10,
  unexpiredIds: 16,
  refreshGapSeconds: 6,
  seatLeaseSeconds: 300,
}
