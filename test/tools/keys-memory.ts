import { expect } from 'vitest'
import type { EpochMs } from '../../lib/time.ts'
import type { SigningSecret } from '../../lib/token/signing-secret.ts'
import { runKeys } from '../../tools/keys/command-line.ts'
import type { ImportedKey, KeyPorts, Report } from '../../tools/keys/ports.ts'
import { keyPair, publicKeyArn } from '../lib/token/terms.ts'

export const DEPLOYMENT = 'stagedoor-dev'
export const START: EpochMs = 1_800_000_000_000

/** IVS's public keys and the secret in memory, with every failure a test asks for. */
export interface KeysMemory extends KeyPorts {
  readonly imported: Map<string, ImportedKey & { readonly pem: string }>
  secretText: string | undefined
  writtenAt: EpochMs
  /** What happens at the next call of an operation, before it takes effect or, as `after…`, once it has. */
  readonly trouble: Partial<Record<Trouble, () => void>>
  secret(): SigningSecret
}

type Trouble = 'beforeWrite' | 'afterWrite' | 'beforeRead' | 'beforeRemove' | 'afterImport' | 'beforeGet'

export const fails = (message: string) => (): never => {
  throw new Error(message)
}

export function keysMemory(): KeysMemory {
  const imported: KeysMemory['imported'] = new Map()
  let made = 0
  const memory: KeysMemory = {
    deployment: DEPLOYMENT,
    imported,
    secretText: undefined,
    writtenAt: START,
    trouble: {},
    secret: () => JSON.parse(memory.secretText ?? 'null'),
    publicKeys: {
      async import({ pem, name }) {
        if ([...imported.values()].some((key) => key.pem === pem)) return 'exists'
        if (imported.size >= 3) return 'full'
        made += 1
        const arn = publicKeyArn(`made${made}`)
        imported.set(arn, { arn, name, pem, deployment: DEPLOYMENT })
        memory.trouble.afterImport?.()
        // An answer that was lost is asked for again by the SDK, which then meets its own key.
        return memory.trouble.afterImport === undefined ? { arn } : 'exists'
      },
      list: async () => [...imported.values()].map(({ pem: _, ...summary }) => summary),
      async get(arn) {
        memory.trouble.beforeGet?.()
        return imported.get(arn)
      },
      async remove(arn) {
        memory.trouble.beforeRemove?.()
        imported.delete(arn)
      },
    },
    secretStore: {
      secretId: 'stagedoor/dev/signing',
      async read() {
        memory.trouble.beforeRead?.()
        return memory.secretText === undefined ? undefined : { text: memory.secretText, since: memory.writtenAt }
      },
      async write(text) {
        memory.trouble.beforeWrite?.()
        memory.secretText = text
        memory.trouble.afterWrite?.()
      },
    },
  }
  return memory
}

/** Runs `npm run keys -- <line>`. Whatever it says, a private key that is stored by then is never in it. */
export async function keysOn(
  memory: KeysMemory,
  line: string,
  now = START,
): Promise<Report & { readonly text: string }> {
  const args = line.split(' ').filter((word) => word !== '')
  const report = await runKeys({ args, now, portsFor: () => memory })
  const text = report.lines.join('\n')
  expect(text).not.toContain('PRIVATE KEY')
  for (const secret of (memory.secretText ?? '').match(/[A-Za-z0-9+/]{40,}/g) ?? []) expect(text).not.toContain(secret)
  return { ...report, text }
}

/** A public key that got into IVS some other way. */
export function importByHand(memory: KeysMemory, id: string, pem = keyPair().publicKeyPem, deployment?: string): void {
  const arn = publicKeyArn(id)
  memory.imported.set(arn, { arn, pem, ...(deployment !== undefined && { deployment }) })
}
