/** A service we depend on did not answer as it should. All of them are ours to retry: the caller did nothing wrong. */
export type FaultCode = 'storage_unavailable' | 'identity_provider_unavailable' | 'quota_backoff' | 'ivs_error'

/**
 * Thrown by adapters, turned into a problem by the edge, never by rules.
 * The message is for our own log; neither it nor `cause` reaches a client.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly retryAfterSeconds: number

  constructor(code: FaultCode, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1
  }
}
