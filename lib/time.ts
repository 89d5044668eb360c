/** Milliseconds since the Unix epoch: JavaScript's unit, and what our records hold for "when was this minted". */
export type EpochMs = number & { readonly __unit?: 'ms' }
/** Whole seconds since the Unix epoch: the unit of every JWT claim (RFC 7519 §2, NumericDate). */
export type EpochSeconds = number & { readonly __unit?: 's' }
/** Minutes: IVS's unit for `duration`, and ours wherever a field has that name. */
export type Minutes = number

/** Reads the time. Only composition roots call the real one; rules take `now` as data. */
export type Clock = () => EpochMs

export const systemClock: Clock = () => Date.now()

export const SECONDS_PER_MINUTE = 60
const SECONDS_PER_DAY = 86_400

/** The second that `ms` lies in, rounded down, so that an `iat` made from it is never in the future. */
export const secondsOf = (ms: EpochMs): EpochSeconds => Math.floor(ms / 1000)
export const msOf = (seconds: EpochSeconds): EpochMs => seconds * 1000
export const secondsOfDays = (days: number): number => days * SECONDS_PER_DAY
export const secondsOfMinutes = (minutes: Minutes): number => minutes * SECONDS_PER_MINUTE
/** ISO 8601 in UTC, the form of every instant in the API. */
export const isoOfSeconds = (seconds: EpochSeconds): string => isoOfMs(msOf(seconds))
export const isoOfMs = (ms: EpochMs): string => new Date(ms).toISOString()

/** Microseconds since the Unix epoch: as precise as IVS ever is about when something happened. Safe in a number until 2255. */
export type EpochMicros = number & { readonly __unit?: 'us' }

export const microsOf = (ms: EpochMs): EpochMicros => ms * 1000
export const msOfMicros = (micros: EpochMicros): EpochMs => Math.floor(micros / 1000)
