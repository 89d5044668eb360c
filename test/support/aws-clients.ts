import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { LocalInfo } from '../../local/control/control.ts'
import { ADMIN_ACCESS_KEY_ID } from '../../local/lambda/access-key.ts'

/** The SDK's own clients, with a key that no fault hits: for looking behind the API. */
export function adminClients({ region, dynamodb, ivs, secrets }: LocalInfo) {
  const credentials = { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' }
  return {
    dynamodb: new DynamoDBClient({ region, credentials, endpoint: dynamodb }),
    ivs: new IVSRealTimeClient({ region, credentials, endpoint: ivs }),
    secrets: new SecretsManagerClient({ region, credentials, endpoint: secrets }),
  }
}
