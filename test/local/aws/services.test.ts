import { join } from 'node:path'
import { CreateStageCommand, GetStageCommand, IVSRealTimeClient, ListStagesCommand } from '@aws-sdk/client-ivs-realtime'
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessKeyIdOf } from '../../../local/lambda/access-key.ts'
import { seedSigningKey } from '../../../local/seed/signing-key.ts'
import { startTwin, type TestTwin } from '../../support/twin.ts'

const region = 'us-east-1'
const credentials = { accessKeyId: 'AKIADEVELOPER', secretAccessKey: 'x' }
let twin: TestTwin
let secrets: SecretsManagerClient
let sqs: SQSClient
let ivs: IVSRealTimeClient
let QueueUrl: string

beforeAll(async () => {
  twin = await startTwin({ directory: join(import.meta.dirname, '../fixture'), assume: { readLagMs: 0 } })
  secrets = new SecretsManagerClient({ region, credentials, endpoint: twin.info.secrets, maxAttempts: 1 })
  sqs = new SQSClient({ region, credentials, endpoint: twin.info.sqs, maxAttempts: 1 })
  ivs = new IVSRealTimeClient({ region, credentials, endpoint: twin.info.ivs, maxAttempts: 1 })
  QueueUrl = `${twin.info.sqs}/123456789012/fixture-local-DeadLetters`
})
afterAll(async () => {
  for (const client of [secrets, sqs, ivs]) client.destroy()
  await twin.stop()
})

describe('Secrets Manager', () => {
  it('keeps a secret, its newest value first', async () => {
    const made = await secrets.send(new CreateSecretCommand({ Name: 'x/y', SecretString: 'one' }))
    expect(made.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:x\/y-\w{6}$/)
    await secrets.send(new PutSecretValueCommand({ SecretId: made.ARN, SecretString: 'two' }))
    const found = await secrets.send(new GetSecretValueCommand({ SecretId: 'x/y' }))
    expect(found).toMatchObject({ SecretString: 'two', Name: 'x/y', VersionStages: ['AWSCURRENT'] })
    expect(found.CreatedDate).toBeInstanceOf(Date)
  })

  it.each([
    ['unknown', () => new GetSecretValueCommand({ SecretId: 'none' }), 'ResourceNotFoundException'],
    ['taken', () => new CreateSecretCommand({ Name: 'x/y', SecretString: 'one' }), 'ResourceExistsException'],
    ['empty', () => new PutSecretValueCommand({ SecretId: 'x/y' }), 'InvalidParameterException'],
  ])('%s: fails by name', async (_, command, name) => {
    await expect(secrets.send(command() as GetSecretValueCommand)).rejects.toMatchObject({ name })
  })

  it('is shut to a function whose role does not name it', async () => {
    const own = { accessKeyId: accessKeyIdOf('echo'), secretAccessKey: 'x' }
    const client = new SecretsManagerClient({ region, credentials: own, endpoint: twin.info.secrets, maxAttempts: 1 })
    const refused = client.send(new GetSecretValueCommand({ SecretId: 'x/y' }))
    await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' })
    client.destroy()
  })
})

describe('SQS', () => {
  it('takes messages one by one and in batches, and lets each be received once while it is hidden', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))
    const Entries = [
      { Id: '1', MessageBody: 'b' },
      { Id: '2', MessageBody: 'late', DelaySeconds: 60 },
    ]
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['1', '2'])
    const receive = async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      return Messages
    }
    const first = await receive()
    expect(first.map(({ Body }) => Body)).toEqual(['a', 'b'])
    expect(await receive()).toEqual([])
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first[0]?.ReceiptHandle }))
    await twin.local('POST', '/clock', { advance: 61 })
    expect((await receive()).map(({ Body }) => Body).sort()).toEqual(['b', 'late'])
  })

  it.each([
    ['no such queue', 'nope', [{ Id: '1', MessageBody: 'a' }], 'QueueDoesNotExist'],
    ['nothing', 'fixture-local-DeadLetters', [], 'EmptyBatchRequest'],
    [
      'one id twice',
      'fixture-local-DeadLetters',
      [1, 2].map(() => ({ Id: 'x', MessageBody: 'a' })),
      'BatchEntryIdsNotDistinct',
    ],
    [
      'too many',
      'fixture-local-DeadLetters',
      Array.from({ length: 11 }, (_, i) => ({ Id: `${i}`, MessageBody: 'a' })),
      'TooManyEntriesInBatchRequest',
    ],
  ])('%s: fails by name', async (_, queue, Entries, name) => {
    const url = `${twin.info.sqs}/123456789012/${queue}`
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))).rejects.toMatchObject({ name })
  })

  it('finds a queue by its name', async () => {
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'fixture-local-DeadLetters' }))
    expect(found.QueueUrl).toBe(QueueUrl)
  })
})

describe('IVS behind the front', () => {
  it('serves a developer, is in the ledger, and breaks on request', async () => {
    const { stage } = await ivs.send(new CreateStageCommand({ name: 'a', tags: { owner: 'me' } }))
    await twin.local('POST', '/faults', { target: 'ivs', operation: 'GetStage', mode: 'throttle', count: 1 })
    const get = () => ivs.send(new GetStageCommand({ arn: stage?.arn }))
    await expect(get()).rejects.toMatchObject({ name: 'ThrottlingException' })
    await expect(get()).resolves.toMatchObject({ stage: { name: 'a' } })
    const { entries } = await twin.local<{ entries: { service: string; operation: string; fault?: string }[] }>(
      'GET',
      '/ledger',
    )
    expect(
      entries.filter(({ service }) => service === 'ivs').map(({ operation, fault }) => [operation, fault]),
    ).toEqual([
      ['CreateStage', undefined],
      ['GetStage', 'throttle'],
      ['GetStage', undefined],
    ])
  })

  it('a lost answer is not a lost write', async () => {
    await twin.local('POST', '/faults', {
      target: 'ivs',
      operation: 'CreateStage',
      mode: 'drop',
      after: true,
      count: 1,
    })
    await expect(ivs.send(new CreateStageCommand({ name: 'lost' }))).rejects.toThrow()
    const { stages = [] } = await ivs.send(new ListStagesCommand({}))
    expect(stages.map(({ name }) => name)).toContain('lost')
  })

  it('is shut to a function whose role does not name it', async () => {
    const own = { accessKeyId: accessKeyIdOf('echo'), secretAccessKey: 'x' }
    const client = new IVSRealTimeClient({ region, credentials: own, endpoint: twin.info.ivs, maxAttempts: 1 })
    await expect(client.send(new ListStagesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    client.destroy()
  })
})

describe('the signing key', () => {
  it('is imported and stored once', async () => {
    const options = { region, ivsUrl: twin.info.ivs, secretsUrl: twin.info.secrets, secretId: 'stagedoor/test/signing' }
    const arn = await seedSigningKey(options)
    expect(arn).toMatch(/^arn:aws:ivs:us-east-1:123456789012:public-key\//)
    expect(await seedSigningKey(options)).toBe(arn)
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: options.secretId }))
    expect(JSON.parse(SecretString)).toEqual({
      current: arn,
      keys: [{ publicKeyArn: arn, privateKeyPem: expect.stringContaining('BEGIN PRIVATE KEY') }],
    })
  })

  it.each([
    ['no token', {}, 400],
    ['nonsense', { token: 'x.y.z' }, 400],
  ])('a join with %s is refused with the reason', async (_, body, status) => {
    const response = await fetch(`${twin.control}/stage/join`, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code: expect.stringMatching(/^TOKEN_/) })
  })
})
