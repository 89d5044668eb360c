import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateStageCommand, GetStageCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ADMIN_ACCESS_KEY_ID } from '../../local/lambda/access-key.ts'
import { startTwin, type TestTwin } from '../support/twin.ts'

const directory = join(import.meta.dirname, 'fixture')
const credentials = { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' }
const region = 'us-east-1'
const TableName = 'fixture-local-Table'
const Item = { pk: { S: 'kept' }, sk: { S: '1' } }
let data: string
let twin: TestTwin | undefined

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'twin-'))
})
afterEach(async () => {
  await twin?.stop()
  rmSync(data, { recursive: true, force: true })
})

const clientsOf = ({ info }: TestTwin) => ({
  dynamodb: new DynamoDBClient({ region, credentials, endpoint: info.dynamodb }),
  ivs: new IVSRealTimeClient({ region, credentials, endpoint: info.ivs }),
  secrets: new SecretsManagerClient({ region, credentials, endpoint: info.secrets }),
  sqs: new SQSClient({ region, credentials, endpoint: info.sqs }),
})

const now = async (of: TestTwin) => Date.parse((await of.local<{ now: string }>('GET', '/clock')).now)

it('finds everything again', async () => {
  twin = await startTwin({ directory, data, assume: { readLagMs: 0 } })
  const first = clientsOf(twin)
  await first.dynamodb.send(new PutItemCommand({ TableName, Item }))
  const { stage } = await first.ivs.send(new CreateStageCommand({ name: 'kept' }))
  await first.secrets.send(new CreateSecretCommand({ Name: 'a/b', SecretString: 'one' }))
  await first.secrets.send(new PutSecretValueCommand({ SecretId: 'a/b', SecretString: 'two' }))
  const QueueUrl = `${twin.info.sqs}/123456789012/fixture-local-DeadLetters`
  await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }))
  await twin.local('POST', '/clock', { advance: 3600 })
  const jwks = await twin.local('GET', '/jwks.json')
  const time = await now(twin)
  await twin.stop()

  twin = await startTwin({ directory, data, assume: { readLagMs: 0 } })
  const second = clientsOf(twin)
  const found = await second.dynamodb.send(new GetItemCommand({ TableName, Key: Item }))
  expect(found.Item).toEqual(Item)
  const again = await second.ivs.send(new GetStageCommand({ arn: stage?.arn }))
  expect(again.stage).toMatchObject({ name: 'kept', arn: stage?.arn })
  const current = await second.secrets.send(new GetSecretValueCommand({ SecretId: 'a/b' }))
  expect(current.SecretString).toBe('two')
  const previous = await second.secrets.send(
    new GetSecretValueCommand({ SecretId: current.ARN, VersionStage: 'AWSPREVIOUS' }),
  )
  expect(previous.SecretString).toBe('one')
  const described = await second.secrets.send(new DescribeSecretCommand({ SecretId: 'a/b' }))
  expect(Object.keys(described.VersionIdsToStages ?? {})).toHaveLength(2)
  expect(JSON.stringify(JSON.parse(readFileSync(join(data, 'queues.json'), 'utf8')))).toContain('"body":"kept"')
  expect(await twin.local('GET', '/jwks.json')).toEqual(jwks)
  expect(await now(twin)).toBeGreaterThanOrEqual(time)
})

it.each(['ivs', 'queues', 'secrets', 'clock', 'issuer'])(
  'starts with a torn %s.json, which is put aside',
  async (name) => {
    writeFileSync(join(data, `${name}.json`), '{"half": [')
    twin = await startTwin({ directory, data })
    expect(twin.logs).toContain(`twin: ${name}.json could not be read and was put aside`)
    expect(existsSync(join(data, `${name}.json.broken`))).toBe(true)
  },
)

it('does not share its directory with another twin that is alive', async () => {
  writeFileSync(join(data, 'twin.pid'), String(process.ppid))
  await expect(startTwin({ directory, data })).rejects.toThrow(
    `the data directory is in use by process ${process.ppid}`,
  )
  expect(readFileSync(join(data, 'twin.pid'), 'utf8')).toBe(String(process.ppid))
})

it('takes over from one that died', async () => {
  writeFileSync(join(data, 'twin.pid'), '2147483646')
  twin = await startTwin({ directory, data })
  expect(readFileSync(join(data, 'twin.pid'), 'utf8')).toBe(String(process.pid))
})
