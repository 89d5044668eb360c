import { keyIdOf } from '../../lib/token/signing-secret.ts'
import { problemOfPair } from './check-pair.ts'
import { type KeyPorts, type Report, refused } from './ports.ts'
import { requireStoredKeys, type StoredKey } from './stored-keys.ts'

/** Proves for every key in the secret that IVS will accept what it signs, and says which one it will not. */
export async function verifyKeys(ports: KeyPorts): Promise<Report> {
  const stored = await requireStoredKeys(ports.secretStore)
  if (!stored.ok) return stored.refusal
  const { current, keys } = stored.value.secret
  const checks: Report[] = []
  for (const key of keys) checks.push(await verifyKey(key, key.publicKeyArn === current, ports))
  return { ok: checks.every((check) => check.ok), lines: checks.flatMap((check) => check.lines) }
}

async function verifyKey(key: StoredKey, isCurrent: boolean, ports: KeyPorts): Promise<Report> {
  const label = `${keyIdOf(key.publicKeyArn)}${isCurrent ? ' (current)' : ''}`
  try {
    const problem = await problemOfPair(key, ports.publicKeys)
    if (problem === undefined) return { ok: true, lines: [`ok     ${label}`] }
    return refused(`WRONG  ${label}: ${problem}`)
  } catch (error) {
    // One key that cannot be looked up says nothing about the others.
    return refused(`FAILED ${label}: ${error instanceof Error ? error.message : 'Unknown'}`)
  }
}
