import {
  DeletePublicKeyCommand,
  GetPublicKeyCommand,
  ImportPublicKeyCommand,
  type IVSRealTimeClient,
  type PublicKeySummary,
  paginateListPublicKeys,
} from '@aws-sdk/client-ivs-realtime'
import { isConflict, isNotFound, isQuotaExceeded } from '../../lib/ivs/ivs-fault.ts'
import { CallFailed, failing } from './call-failed.ts'
import type { ImportedKey, PublicKeys } from './ports.ts'

const DEPLOYMENT_TAG = 'stagedoor:deployment'

/** The public keys that IVS holds, with ours tagged as `deployment`'s. */
export function createPublicKeys(client: IVSRealTimeClient, deployment: string): PublicKeys {
  return {
    async import({ pem, name }) {
      const tags = { [DEPLOYMENT_TAG]: deployment }
      try {
        const answer = await client.send(new ImportPublicKeyCommand({ publicKeyMaterial: pem, name, tags }))
        return { arn: required('ImportPublicKey', answer.publicKey?.arn) }
      } catch (error) {
        if (isConflict(error)) return 'exists'
        if (isQuotaExceeded(error)) return 'full'
        throw error instanceof CallFailed ? error : new CallFailed('ImportPublicKey', error)
      }
    },

    async list() {
      const keys: ImportedKey[] = []
      try {
        for await (const page of paginateListPublicKeys({ client }, {})) {
          keys.push(...(page.publicKeys ?? []).map(importedKeyOf))
        }
      } catch (error) {
        throw new CallFailed('ListPublicKeys', error)
      }
      return keys
    },

    async get(arn) {
      const answer = await client.send(new GetPublicKeyCommand({ arn })).catch((error: unknown) => {
        if (isNotFound(error)) return undefined
        throw new CallFailed('GetPublicKey', error)
      })
      if (answer === undefined) return undefined
      const pem = required('GetPublicKey', answer.publicKey?.publicKeyMaterial)
      return { ...importedKeyOf(answer.publicKey ?? {}), arn, pem }
    },

    async remove(arn) {
      await client.send(new DeletePublicKeyCommand({ arn })).catch((error: unknown) => {
        if (!isNotFound(error)) failing('DeletePublicKey')(error)
      })
    },
  }
}

function importedKeyOf({ arn = '', name, tags }: PublicKeySummary): ImportedKey {
  const deployment = tags?.[DEPLOYMENT_TAG]
  return { arn, ...(name && { name }), ...(deployment !== undefined && { deployment }) }
}

/** Every member of an answer is optional in IVS's model. */
function required(operation: string, value: string | undefined): string {
  if (value === undefined) throw new CallFailed(operation, undefined)
  return value
}
