import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { ImportPublicKeyCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ADMIN_ACCESS_KEY_ID } from '../lambda/access-key.ts'

export interface SigningKeyOptions {
  readonly region: string
  readonly ivsUrl: string
  readonly secretsUrl: string
  readonly secretId: string
}

/** The public key's ARN in a secret that an earlier run stored; `undefined`: there is none. */
async function storedKeyArn(secrets: SecretsManagerClient, secretId: string): Promise<string | undefined> {
  try {
    const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }))
    const { current } = JSON.parse(SecretString) as { current?: string }
    return current
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/**
 * Makes a P-384 pair, imports its public half into IVS and stores the signing secret, all as an operator would; a secret that
 * is there is left alone. Answers the public key's ARN.
 */
export async function seedSigningKey(options: SigningKeyOptions): Promise<string> {
  const { region, ivsUrl, secretsUrl, secretId } = options
  const credentials = { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' }
  const secrets = new SecretsManagerClient({ region, credentials, endpoint: secretsUrl })
  const ivs = new IVSRealTimeClient({ region, credentials, endpoint: ivsUrl })
  try {
    const stored = await storedKeyArn(secrets, secretId)
    if (stored !== undefined) return stored
    const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'secp384r1' })
    const publicKeyMaterial = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const imported = await ivs.send(new ImportPublicKeyCommand({ publicKeyMaterial, name: 'stagedoor-local' }))
    const publicKeyArn = imported.publicKey?.arn
    if (publicKeyArn === undefined) throw new Error('the local IVS imported no public key')
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const SecretString = JSON.stringify({ current: publicKeyArn, keys: [{ publicKeyArn, privateKeyPem }] })
    await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString }))
    return publicKeyArn
  } finally {
    secrets.destroy()
    ivs.destroy()
  }
}
