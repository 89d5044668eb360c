import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What the SDK does to each request that has no effect here: it prepares log lines nobody reads, and describes itself. */
const WITHOUT = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware']

/**
 * The SDK's client, without what it would do again for every request: the chain of its middleware is put together once for
 * each command, the signer once. Timeouts well under a Lambda's: a join waits for one round trip, not for a socket that will
 * never answer.
 */
export function createDynamoDbClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    cacheMiddleware: true,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1500, throwOnRequestTimeout: true },
  })
  for (const name of WITHOUT) client.middlewareStack.remove(name)
  const makeSigner = client.config.signer
  const signer = { made: undefined as ReturnType<typeof makeSigner> | undefined }
  client.config.signer = (scheme) => {
    signer.made ??= makeSigner(scheme)
    return signer.made
  }
  return client
}
