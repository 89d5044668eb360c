import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { isNotFound } from '../../lib/ivs/ivs-fault.ts'
import { failing } from './call-failed.ts'
import type { SecretStore } from './ports.ts'

/** The signing secret in Secrets Manager. It is made by its first write, tagged as `deployment`'s. */
export function createSecretStore(client: SecretsManagerClient, secretId: string, deployment: string): SecretStore {
  return {
    secretId,

    async read() {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId })).catch((error: unknown) => {
        if (isNotFound(error)) return undefined
        return failing('GetSecretValue')(error)
      })
      if (answer === undefined) return undefined
      // Without a date it must pass for new: what is old may be deleted.
      return { text: answer.SecretString ?? '', since: answer.CreatedDate?.getTime() ?? Date.now() }
    },

    async write(text) {
      const put = new PutSecretValueCommand({ SecretId: secretId, SecretString: text })
      const exists = await client.send(put).then(
        () => true,
        (error: unknown) => (isNotFound(error) ? false : failing('PutSecretValue')(error)),
      )
      if (exists) return
      const Tags = [{ Key: 'stagedoor:deployment', Value: deployment }]
      const Description = 'The key pairs that sign IVS participant tokens. Written by `npm run keys`.'
      await client
        .send(new CreateSecretCommand({ Name: secretId, SecretString: text, Description, Tags }))
        .catch(failing('CreateSecret'))
    },
  }
}
