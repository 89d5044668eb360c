import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { runKeys } from './keys/command-line.ts'
import { createPublicKeys } from './keys/public-keys.ivs.ts'
import { createSecretStore } from './keys/secret-store.secrets.ts'

/** `npm run keys -- …`: makes, proves and rotates the key pairs that sign participant tokens. See docs/keys.md. */
const report = await runKeys({
  args: process.argv.slice(2),
  now: Date.now(),
  portsFor: ({ secretId, deployment }) => ({
    deployment,
    publicKeys: createPublicKeys(createIvsClient(), deployment),
    secretStore: createSecretStore(new SecretsManagerClient({}), secretId, deployment),
  }),
})
for (const line of report.lines) (report.ok ? console.log : console.error)(line)
process.exitCode = report.ok ? 0 : 1
