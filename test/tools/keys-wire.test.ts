import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { beforeEach, describe, expect, it } from 'vitest'
import { createIvsClient } from '../../lib/ivs/ivs-client.ivs.ts'
import type { PublicKeys, SecretStore } from '../../tools/keys/ports.ts'
import { createPublicKeys } from '../../tools/keys/public-keys.ivs.ts'
import { createSecretStore } from '../../tools/keys/secret-store.secrets.ts'
import { publicKeyArn } from '../lib/token/terms.ts'
import { type AwsAnswer, type AwsRequest, standInForAws } from '../support/aws-endpoint.ts'

const marker = 'm4rk3rOfAKey'
type Asked = readonly [operation: string, body: AwsRequest['body']]

let asked: Asked[] = []
let answers: AwsAnswer[] = []

const ok = (body: object): AwsAnswer => ({ status: 200, body })
const error = (status: number, errorType: string): AwsAnswer => ({ status, errorType, body: { message: marker } })

function next(operation: string, body: AwsRequest['body']): AwsAnswer {
  asked.push([operation, body])
  return answers.shift() ?? error(500, 'NotExpected')
}

standInForAws('AWS_ENDPOINT_URL_IVS_REALTIME', ({ path, body }) => next(path.slice(1), body))
standInForAws('AWS_ENDPOINT_URL_SECRETS_MANAGER', ({ headers, body }) => {
  const { ClientRequestToken: _, ...rest } = body
  return next(String(headers['x-amz-target']).replace('secretsmanager.', ''), rest)
})

let publicKeys: PublicKeys
let secretStore: SecretStore

beforeEach(() => {
  asked = []
  answers = []
  publicKeys = createPublicKeys(createIvsClient(), 'stagedoor-dev')
  secretStore = createSecretStore(new SecretsManagerClient({}), 'stagedoor/dev/signing', 'stagedoor-dev')
})

const arn = publicKeyArn('one')
const tags = { 'stagedoor:deployment': 'stagedoor-dev' }

describe('the public keys in IVS', () => {
  it('imports a key with its name and our tag', async () => {
    answers = [ok({ publicKey: { arn } })]
    expect(await publicKeys.import({ pem: 'PEM', name: 'spare' })).toEqual({ arn })
    expect(asked).toEqual([['ImportPublicKey', { publicKeyMaterial: 'PEM', name: 'spare', tags }]])
  })

  it.each([
    ['exists', error(409, 'ConflictException')],
    ['full', error(402, 'ServiceQuotaExceededException')],
  ])('answers %s to an import', async (expected, answer) => {
    answers = [answer]
    expect(await publicKeys.import({ pem: 'PEM', name: 'spare' })).toBe(expected)
  })

  it('lists every page', async () => {
    answers = [
      ok({ publicKeys: [{ arn, name: 'spare', tags }], nextToken: 'more' }),
      ok({ publicKeys: [{ arn: publicKeyArn('two') }] }),
    ]
    expect(await publicKeys.list()).toEqual([
      { arn, name: 'spare', deployment: 'stagedoor-dev' },
      { arn: publicKeyArn('two') },
    ])
    expect(asked.map(([, body]) => body.nextToken)).toEqual([undefined, 'more'])
  })

  it('gets a key, and nothing where there is none', async () => {
    answers = [ok({ publicKey: { arn, tags, publicKeyMaterial: 'PEM' } }), error(404, 'ResourceNotFoundException')]
    expect(await publicKeys.get(arn)).toEqual({ arn, deployment: 'stagedoor-dev', pem: 'PEM' })
    expect(await publicKeys.get(arn)).toBeUndefined()
  })

  it('removes a key, gone already or not', async () => {
    answers = [ok({}), error(404, 'ResourceNotFoundException')]
    await publicKeys.remove(arn)
    await publicKeys.remove(arn)
    expect(asked).toEqual([
      ['DeletePublicKey', { arn }],
      ['DeletePublicKey', { arn }],
    ])
  })

  it.each<[string, AwsAnswer, () => Promise<unknown>]>([
    ['ImportPublicKey', error(403, 'AccessDeniedException'), () => publicKeys.import({ pem: marker, name: 'x' })],
    ['ImportPublicKey', ok({}), () => publicKeys.import({ pem: marker, name: 'x' })],
    ['ListPublicKeys', error(403, 'AccessDeniedException'), () => publicKeys.list()],
    ['GetPublicKey', error(403, 'AccessDeniedException'), () => publicKeys.get(arn)],
    ['GetPublicKey', ok({ publicKey: {} }), () => publicKeys.get(arn)],
    ['DeletePublicKey', error(403, 'AccessDeniedException'), () => publicKeys.remove(arn)],
  ])('fails %s with names alone', async (operation, answer, call) => {
    answers = [answer]
    const failure = await call().catch((thrown: unknown) => thrown)
    expect(failure).toHaveProperty(
      'message',
      `${operation} failed: ${answer.errorType === undefined ? 'Unknown' : 'AccessDeniedException'}`,
    )
    expect(failure).not.toHaveProperty('cause.message')
  })
})

describe('the signing secret in Secrets Manager', () => {
  it('reads the text and when it was written, and nothing where there is none', async () => {
    answers = [ok({ SecretString: 'text', CreatedDate: 1_800_000_000 }), error(400, 'ResourceNotFoundException')]
    expect(await secretStore.read()).toEqual({ text: 'text', since: 1_800_000_000_000 })
    expect(await secretStore.read()).toBeUndefined()
  })

  it('writes a new version', async () => {
    answers = [ok({})]
    await secretStore.write('text')
    expect(asked).toEqual([['PutSecretValue', { SecretId: 'stagedoor/dev/signing', SecretString: 'text' }]])
  })

  it('makes the secret with its first version', async () => {
    answers = [error(400, 'ResourceNotFoundException'), ok({})]
    await secretStore.write('text')
    expect(asked[1]).toEqual([
      'CreateSecret',
      expect.objectContaining({
        Name: 'stagedoor/dev/signing',
        SecretString: 'text',
        Tags: [{ Key: 'stagedoor:deployment', Value: 'stagedoor-dev' }],
      }),
    ])
  })

  it.each<[string, AwsAnswer[], () => Promise<unknown>]>([
    ['GetSecretValue', [error(400, 'AccessDeniedException')], () => secretStore.read()],
    ['PutSecretValue', [error(400, 'AccessDeniedException')], () => secretStore.write(marker)],
    [
      'CreateSecret',
      [error(400, 'ResourceNotFoundException'), error(400, 'AccessDeniedException')],
      () => secretStore.write(marker),
    ],
  ])('fails %s with names alone', async (operation, refusals, call) => {
    answers = refusals
    const failure = await call().catch((thrown: unknown) => thrown)
    expect(failure).toHaveProperty('message', `${operation} failed: AccessDeniedException`)
    expect(failure).not.toHaveProperty('cause.message')
  })
})
