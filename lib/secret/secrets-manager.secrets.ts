import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SecretProblem } from './secret-problem.ts'
import type { SecretSource } from './secret-source.ts'

/** A caller waits for this at a cold start, and once in 15 minutes. */
const CONNECT_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 2_000
const MAX_ATTEMPTS = 2

/**
 * Reads the current version of a text secret from Secrets Manager. Region, credentials and endpoint come from the SDK's own
 * variables.
 */
export function createSecretSource(): SecretSource {
  const client = new SecretsManagerClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })
  return async (secretId) => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    if (SecretString === undefined) throw new SecretProblem('the secret is binary, not text')
    return SecretString
  }
}
