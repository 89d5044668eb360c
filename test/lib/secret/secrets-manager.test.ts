import { describe, expect, it } from 'vitest'
import { SecretProblem } from '../../../lib/secret/secret-problem.ts'
import { createSecretSource } from '../../../lib/secret/secrets-manager.secrets.ts'
import { standInForAws } from '../../support/aws-endpoint.ts'

const secrets: Record<string, object> = {
  text: { SecretString: 'the text' },
  binary: { SecretBinary: Buffer.from('x').toString('base64') },
}

standInForAws('AWS_ENDPOINT_URL_SECRETS_MANAGER', ({ headers, body }) => {
  const known = secrets[String(body.SecretId)]
  const right = headers['x-amz-target'] === 'secretsmanager.GetSecretValue' && known !== undefined
  return right ? { status: 200, body: known } : { status: 400, body: { __type: 'ResourceNotFoundException' } }
})

describe('the source of secrets in Secrets Manager', () => {
  const source = createSecretSource()

  it('reads the text', async () => {
    expect(await Promise.all([source('text'), source('text')])).toEqual(['the text', 'the text'])
  })

  it('refuses a binary secret', async () => {
    await expect(source('binary')).rejects.toThrow(SecretProblem)
  })

  it('throws the error of a secret that does not exist', async () => {
    await expect(source('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
