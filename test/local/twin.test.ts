import { join } from 'node:path'
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../local/aws/ledger.ts'
import type { StatementUse } from '../../local/aws/statement-use.ts'
import { ADMIN_ACCESS_KEY_ID } from '../../local/lambda/access-key.ts'
import { startTwin, type TestTwin } from '../support/twin.ts'
import { until } from '../support/until.ts'

const directory = join(import.meta.dirname, 'fixture')
let twin: TestTwin
let dynamodb: DynamoDBClient
let sqs: SQSClient

beforeAll(async () => {
  twin = await startTwin({ directory })
  const credentials = { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' }
  dynamodb = new DynamoDBClient({ region: 'us-east-1', endpoint: twin.info.dynamodb, credentials })
  sqs = new SQSClient({ region: 'us-east-1', endpoint: twin.info.sqs, credentials })
})
afterAll(async () => {
  dynamodb.destroy()
  sqs.destroy()
  await twin.stop()
})
afterEach(() => twin.local('DELETE', '/faults'))

const TableName = 'fixture-local-Table'

async function doIt<T>(what: string, body?: string): Promise<T> {
  const headers = body === undefined ? {} : { 'content-type': 'text/plain' }
  const response = await fetch(`${twin.api}/do/${what}`, { method: 'POST', body: body ?? null, headers })
  return (await response.json()) as T
}

async function callsOf(work: () => Promise<unknown>): Promise<readonly LedgerEntry[]> {
  const { last } = await twin.local<{ last: number }>('GET', '/ledger')
  await work()
  return (await twin.local<{ entries: LedgerEntry[] }>('GET', `/ledger?since=${last}`)).entries
}

describe('a function', () => {
  it('lives in a worker of its own, that keeps its state', async () => {
    const { calls } = await doIt<{ calls: number }>('count')
    expect(await doIt('count')).toEqual({ calls: calls + 1 })
  })

  it('answers many at once, each for itself', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => doIt<{ calls: number }>('count')))
    expect(new Set(answers.map(({ calls }) => calls)).size).toBe(40)
  })

  it('that never answers does not keep those that wait behind it', async () => {
    const hung = Array.from({ length: 8 }, () => fetch(`${twin.api}/do/hang`, { method: 'POST' }))
    const behind = doIt('count')
    expect((await Promise.all(hung)).map(({ status }) => status)).toEqual(Array(8).fill(503))
    expect(await behind).toMatchObject({ calls: expect.any(Number) })
  })

  it('sees its own environment and nothing of ours', async () => {
    const { names, greeting } = await doIt<{ names: string[]; greeting: string }>('env')
    expect(greeting).toBe('hi')
    expect(names).toContain('TABLE_NAME')
    expect(names).not.toContain('PATH')
    expect(names.filter((name) => name in process.env && !name.startsWith('AWS_') && name !== 'TZ')).toEqual([])
  })

  it.each([
    ['throws', 'throw', 500, 'Internal Server Error'],
    ['ends its process', 'exit', 500, 'Internal Server Error'],
    ['never answers', 'hang', 503, 'Service Unavailable'],
    ['never yields', 'spin', 503, 'Service Unavailable'],
  ])('that %s is answered for, and the next request finds it again', async (_, what, status, message) => {
    const response = await fetch(`${twin.api}/do/${what}`, { method: 'POST' })
    expect([response.status, await response.json()]).toEqual([status, { message }])
    expect(await doIt('count')).toMatchObject({ calls: expect.any(Number) })
  })

  it('is heard: what it prints goes to the log', async () => {
    await doIt('print')
    await until(() => twin.logs.includes('echo: printed by the function'))
  })
})

describe('roles', () => {
  it('let through what they allow, and fail the rest as AWS does', async () => {
    const entries = await callsOf(async () => {
      await fetch(`${twin.api}/do/put`, { method: 'POST' })
      expect(await doIt('get')).toEqual({ error: 'AccessDeniedException' })
    })
    expect(entries).toMatchObject([
      { function: 'echo', service: 'dynamodb', operation: 'PutItem', status: 200 },
      { function: 'echo', service: 'dynamodb', operation: 'GetItem', status: 400, denied: true },
    ])
    expect(entries[0]).not.toHaveProperty('denied')
    await until(() => twin.logs.includes('twin: the role of "echo" does not allow dynamodb:GetItem'))
  })

  it('say which statements nobody needed', async () => {
    const { statements } = await twin.local<{ statements: StatementUse[] }>('GET', '/statements')
    const echo = statements.filter((one) => one.function === 'echo')
    expect(echo.find(({ sid }) => sid === 'Never')).toMatchObject({ used: 0, usedActions: [] })
    expect(echo.find(({ sid }) => sid === 'WriteLogs')?.used).toBeGreaterThan(0)
    expect(echo.find(({ sid }) => sid === 'UseTable')?.usedActions).toContain('dynamodb:PutItem')
  })

  it('do not bind a developer, but a request must be signed', async () => {
    const response = await fetch(twin.info.dynamodb, { method: 'POST', body: '{}' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('MissingAuthenticationToken')
  })
})

describe('the ledger', () => {
  const unitsOf = (entries: readonly LedgerEntry[]) =>
    entries.map(({ operation, consumedCapacity }) => [
      operation,
      consumedCapacity?.[0]?.readUnits,
      consumedCapacity?.[0]?.writeUnits,
    ])

  it('counts units by operation, those of a failed condition too', async () => {
    const big = { pk: { S: 'big' }, sk: { S: '1' }, text: { S: 'x'.repeat(3000) } }
    const Key = { pk: { S: 'big' }, sk: { S: '1' } }
    const entries = await callsOf(async () => {
      await dynamodb.send(new PutItemCommand({ TableName, Item: big }))
      await dynamodb.send(new GetItemCommand({ TableName, Key }))
      await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
      const again = new PutItemCommand({ TableName, Item: big, ConditionExpression: 'attribute_not_exists(pk)' })
      await expect(dynamodb.send(again)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
      const none = new PutItemCommand({ TableName, Item: Key, ConditionExpression: 'attribute_exists(nothing)' })
      await expect(dynamodb.send(none)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    })
    expect(unitsOf(entries)).toEqual([
      ['PutItem', 0, 3],
      ['GetItem', 0.5, 0],
      ['GetItem', 1, 0],
      ['PutItem', 0, 3],
      ['PutItem', 0, 3],
    ])
  })

  it('does not tell the caller what it did not ask for', async () => {
    const Key = { pk: { S: 'big' }, sk: { S: '1' } }
    const plain = await dynamodb.send(new GetItemCommand({ TableName, Key }))
    expect(plain.ConsumedCapacity).toBeUndefined()
    const total = await dynamodb.send(new GetItemCommand({ TableName, Key, ReturnConsumedCapacity: 'TOTAL' }))
    expect(total.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 0.5 })
  })

  it('starts at an instant as well as at a number', async () => {
    const { entries } = await twin.local<{ entries: LedgerEntry[] }>('GET', '/ledger?since=2999-01-01T00:00:00Z')
    expect(entries).toEqual([])
    const refused = await fetch(`${twin.control}/ledger?since=yesterday`)
    expect(refused.status).toBe(400)
  })
})

describe('faults', () => {
  it.each([
    ['throttle', 'ProvisionedThroughputExceededException', false],
    ['error', 'InternalServerError', false],
    ['error', 'InternalServerError', true],
  ])('%s: %s, with the effect: %s', async (mode, name, after) => {
    await twin.local('POST', '/faults', { target: 'dynamodb', operation: 'UpdateItem', mode, after })
    const [entry] = await callsOf(async () => expect(await doIt('refuse')).toEqual({ error: name }))
    expect(entry).toMatchObject({ operation: 'UpdateItem', fault: mode, error: name })
    expect(entry?.consumedCapacity !== undefined).toBe(after)
  })

  it('drop cuts the line', async () => {
    await twin.local('POST', '/faults', { target: 'dynamodb', mode: 'drop', count: 1 })
    expect(await doIt('refuse')).not.toEqual({ error: 'ConditionalCheckFailedException' })
    expect(await doIt('refuse')).toEqual({ error: 'ConditionalCheckFailedException' })
  })

  it.each([
    ['echo', 'InternalServerError'],
    ['worker', 'ConditionalCheckFailedException'],
  ])('hit the calls of one function: %s', async (by, error) => {
    await twin.local('POST', '/faults', { target: 'dynamodb', mode: 'error', function: by })
    expect(await doIt('refuse')).toEqual({ error })
  })

  it('spare the admin key', async () => {
    await twin.local('POST', '/faults', { target: 'dynamodb', mode: 'error' })
    const Key = { pk: { S: 'x' }, sk: { S: 'y' } }
    await expect(dynamodb.send(new GetItemCommand({ TableName, Key }))).resolves.toBeDefined()
  })

  it.each([
    [{ target: 'moon', mode: 'error' }],
    [{ target: 'dynamodb', mode: 'reorder' }],
    [{ target: 'ivs', mode: 'error', rate: 2 }],
    [{ target: 'ivs', mode: 'error', unknown: 1 }],
    [{ target: 'events', mode: 'drop', function: 'echo' }],
    [{}],
  ])('%j is refused', async (body) => {
    const response = await fetch(`${twin.control}/faults`, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(400)
  })
})

describe('queues', () => {
  const seen = async (): Promise<readonly string[]> => {
    const found = await dynamodb.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'seen' } },
      }),
    )
    return (found.Items ?? []).map(({ sk }) => sk?.S ?? '')
  }
  const deadLetters = async (name: string): Promise<readonly string[]> => {
    const QueueUrl = `${twin.info.sqs}/123456789012/fixture-local-${name}`
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }))
    return Messages.map(({ Body }) => Body ?? '')
  }

  it('feed their worker, which tells what it could not handle; that comes back, and goes to the dead letters', async () => {
    await Promise.all([doIt('send', 'good1'), doIt('send', 'bad1'), doIt('send', 'good2')])
    await until(async () => (await seen()).length === 2)
    expect(await seen()).toEqual(['good1', 'good2'])
    const QueueUrl = `${twin.info.sqs}/123456789012/fixture-local-WorkQueue`
    const AttributeNames = ['All' as const]
    await until(async () => {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
      return Attributes?.ApproximateNumberOfMessagesNotVisible === '1'
    })
    // Hidden for 30 s, received twice at most.
    await twin.local('POST', '/clock', { advance: 31 })
    const dead = await until(async () => {
      await twin.local('POST', '/clock', { advance: 31 })
      const found = await deadLetters('DeadLetters')
      return found.length > 0 && found
    })
    expect(dead).toEqual(['bad1'])
  })

  it('hear of a scheduled run that failed for good', async () => {
    await twin.local('POST', '/clock', { advance: 6 * 3600 })
    const [record] = await until(async () => {
      await twin.local('POST', '/clock', { advance: 60 })
      const found = await deadLetters('Failures')
      return found.length > 0 && found
    })
    expect(JSON.parse(record ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { 'detail-type': 'Scheduled Event' },
    })
  })
})

describe('the clock', () => {
  it('moves the functions’ time at once, dates made of values stay', async () => {
    const before = await doIt<{ now: number }>('time')
    await twin.local('POST', '/clock', { advance: 86_400 })
    const after = await doIt<{ now: number; made: string; fixed: number }>('time')
    expect(after.now - before.now).toBeGreaterThanOrEqual(86_400_000)
    expect(Math.abs(Date.parse(after.made) - after.now)).toBeLessThan(5000)
    expect(after.fixed).toBe(5)
  })

  it.each([[{ advance: -1 }], [{ advance: 'a day' }], [{}]])('%j is refused', async (body) => {
    const response = await fetch(`${twin.control}/clock`, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(400)
  })
})
