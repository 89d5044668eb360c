import { ok, type Result, refuse } from '../../lib/result.ts'
import { SecretProblem } from '../../lib/secret/secret-problem.ts'
import type { EpochMs } from '../../lib/time.ts'
import { keyIdOf, parseSigningSecret, type SigningSecret } from '../../lib/token/signing-secret.ts'
import { type Report, refused, type SecretStore } from './ports.ts'

export type StoredKey = SigningSecret['keys'][number]

export interface StoredKeys {
  readonly secret: SigningSecret
  readonly since: EpochMs
}

/** Reads and checks the secret. A command that meets one it does not understand must not overwrite it. */
export async function readStoredKeys(store: SecretStore): Promise<Result<StoredKeys | undefined, Report>> {
  const stored = await store.read()
  if (stored === undefined) return ok(undefined)
  try {
    return ok({ secret: parseSigningSecret(stored.text), since: stored.since })
  } catch (error) {
    if (!(error instanceof SecretProblem)) throw error
    return refuse(refused(`${store.secretId} cannot be used: ${error.message}.`, 'Nothing was changed.'))
  }
}

/** The same for commands that make no sense without a secret. */
export async function requireStoredKeys(store: SecretStore): Promise<Result<StoredKeys, Report>> {
  const stored = await readStoredKeys(store)
  if (!stored.ok) return stored
  if (stored.value !== undefined) return ok(stored.value)
  return refuse(refused(`${store.secretId} does not exist yet: run \`npm run keys -- create\`.`))
}

/** A key in the secret by its ARN or by its id. */
export const storedKeyNamed = (secret: SigningSecret, name: string): StoredKey | undefined =>
  secret.keys.find((key) => isNamed(key.publicKeyArn, name))

export const isNamed = (arn: string, name: string): boolean => arn === name || keyIdOf(arn) === name
