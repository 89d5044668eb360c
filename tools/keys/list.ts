import { keyIdOf } from '../../lib/token/signing-secret.ts'
import { done, type ImportedKey, type KeyPorts, PUBLIC_KEY_SLOTS, type Report } from './ports.ts'
import { readStoredKeys } from './stored-keys.ts'

/** What IVS has, what the secret has, which one signs, and how many slots are free. */
export async function listKeys(ports: KeyPorts): Promise<Report> {
  const stored = await readStoredKeys(ports.secretStore)
  if (!stored.ok) return stored.refusal
  const secret = stored.value?.secret
  const imported = await ports.publicKeys.list()
  const inSecret = new Set(secret?.keys.map((key) => key.publicKeyArn))
  const inIvs = new Set(imported.map((key) => key.arn))

  const lines = imported.map((key) => `${key.arn}  ${[...stateOf(key.arn), ...originOf(key)].join(', ')}`)
  const missing = [...inSecret].filter((arn) => !inIvs.has(arn)).map((arn) => `${arn}  ${stateOf(arn).join(', ')}`)
  const free = Math.max(0, PUBLIC_KEY_SLOTS - imported.length)
  return done(
    ...lines,
    ...missing,
    `${free} of ${PUBLIC_KEY_SLOTS} slots free in this Region.`,
    secret === undefined
      ? `${ports.secretStore.secretId} does not exist yet.`
      : `${keyIdOf(secret.current)} signs new participants.`,
  )

  function stateOf(arn: string): string[] {
    return [
      ...(arn === secret?.current ? ['current'] : []),
      inSecret.has(arn) ? 'in the secret' : 'not in the secret',
      ...(inIvs.has(arn) ? [] : ['NOT IN IVS']),
    ]
  }
}

const originOf = (key: ImportedKey): string[] => [
  ...(key.name ? [`named ${key.name}`] : []),
  key.deployment === undefined ? 'no deployment tag' : `of ${key.deployment}`,
]
