import { Fault } from '../fault.ts'

/** Throttling is not modelled for the real-time API, so every form it may take counts (IVS facts §9.1). */
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'Throttling', 'RequestLimitExceeded'])
/** A count that is exhausted frees up when somebody deletes something, not in a second. */
const QUOTA_RETRY_SECONDS = 60
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/

/**
 * What a failed call to IVS means to us: `quota_backoff` when IVS asks for patience, `ivs_error` for everything else.
 * The message has the operation, the error's name and its status. The upstream text and the error itself are left out on
 * purpose: IVS may quote the input, and that holds attributes.
 */
export function ivsFault(error: unknown, operation: string): Fault {
  if (error instanceof Fault) return error
  const message = `IVS ${operation}: ${awsErrorName(error)} (${statusOf(error) ?? 'no answer'})`
  if (isThrottled(error)) return new Fault('quota_backoff', message, { retryAfterSeconds: 1 })
  if (isQuotaExceeded(error)) return new Fault('quota_backoff', message, { retryAfterSeconds: QUOTA_RETRY_SECONDS })
  return new Fault('ivs_error', message)
}

export const isNotFound = (error: unknown): boolean => awsErrorName(error) === 'ResourceNotFoundException'
export const isConflict = (error: unknown): boolean => awsErrorName(error) === 'ConflictException'
/** A count per account and Region is used up (402), which waiting alone does not change. */
export const isQuotaExceeded = (error: unknown): boolean =>
  awsErrorName(error) === 'ServiceQuotaExceededException' || statusOf(error) === 402

const isThrottled = (error: unknown): boolean => THROTTLED.has(awsErrorName(error)) || statusOf(error) === 429

/**
 * The name an AWS SDK client gave the error, or the system's code for one of the network (`ECONNREFUSED`).
 * It comes over the wire, so only what looks like a name is repeated.
 */
export function awsErrorName(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown'
  const name = error.name === 'Error' && 'code' in error ? String(error.code) : error.name
  return PLAIN_NAME.test(name) ? name : 'Unknown'
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  const metadata = error.$metadata as { readonly httpStatusCode?: unknown } | null | undefined
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}
