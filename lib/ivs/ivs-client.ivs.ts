import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'

/** An API call is worth waiting for only as long as the client behind it waits for us. */
const CONNECT_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 3_000
/** One retry: with 5 TPS for most operations, more would eat the quota that the retry waits for. */
const MAX_ATTEMPTS = 2

/**
 * The one way to make a client for IVS real-time. Region, credentials and endpoint come from the SDK's own variables.
 * CreateStage and CreateParticipantToken are not idempotent: after a timeout, the retry may make a second one.
 */
export function createIvsClient(): IVSRealTimeClient {
  return new IVSRealTimeClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: 50 },
      httpAgent: { keepAlive: true, maxSockets: 50 },
    },
  })
}
