import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SecretProblem } from './secret-problem.ts'
import type { SecretSource } from './secret-source.ts'

/** A caller waits for this at a cold start, and once in 15 minutes. */
const CONNECT_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 2_000
const MAX_ATTEMPTS = 2

/**
 * Reads the current version of a text secret from Secrets Manager. The client is loaded and made at the first read, so that
 * functions which never need a secret, and the cold start of those that do, are not slowed by it.
 */
export function createSecretSource(): SecretSource {
  let client: Promise<SecretsManagerClient> | undefined
  return async (secretId) => {
    const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager')
    client ??= createClient()
    const answer = await (await client).send(new GetSecretValueCommand({ SecretId: secretId }))
    if (answer.SecretString === undefined) throw new SecretProblem('the secret is binary, not text')
    return answer.SecretString
  }
}

/** Region, credentials and endpoint come from the SDK's own variables. */
async function createClient(): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  return new SecretsManagerClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })
}
