import type { SecretSource } from '../secret/secret-source.ts'
import { once } from './once.ts'

/** The client is loaded and made at the first read: functions that never need a secret start without it. */
export function secretsOnDemand(): SecretSource {
  const source = once(async () => (await import('../secret/secrets-manager.secrets.ts')).createSecretSource())
  return async (secretId) => (await source())(secretId)
}
