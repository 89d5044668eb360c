import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDynamoDbClient } from '../../../lib/storage/client.dynamodb.ts'
import { type AwsAnswer, type AwsRequest, standInForAws } from '../../support/aws-endpoint.ts'

const seen: AwsRequest[] = []
let answers: AwsAnswer[] = []
const Attributes = { pk: { S: 'user#1' }, n: { N: '2' } }

standInForAws('AWS_ENDPOINT_URL_DYNAMODB', (request) => {
  seen.push(request)
  return answers.shift() ?? { status: 200, body: { Attributes } }
})
beforeEach(() => {
  seen.length = 0
  answers = []
})

const update = (user = '1') =>
  new UpdateItemCommand({
    TableName: 'stagedoor',
    Key: { pk: { S: `user#${user}` } },
    UpdateExpression: 'SET n = :n ADD live :id',
    ExpressionAttributeValues: { ':n': { N: '2' }, ':id': { SS: ['é'] }, ':m': { M: { a: { L: [{ BOOL: true }] } } } },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })

/** What differs from one request to the next, and what the tuned client leaves out on purpose. */
const CHANGING = ['x-amz-date', 'authorization', 'amz-sdk-invocation-id', 'user-agent', 'x-amz-user-agent']
const fixedPart = ({ path, headers, body }: AwsRequest) => ({
  path,
  body,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !CHANGING.includes(name))),
})
const signedHeaders = ({ headers }: AwsRequest): readonly string[] =>
  (/SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '').split(';')

describe('the tuned client', () => {
  it("sends what the SDK's own sends, signed alike, but for what describes the SDK", async () => {
    const [plain, tuned] = [new DynamoDBClient({ maxAttempts: 3 }), createDynamoDbClient()]
    const answered = [await plain.send(update()), await tuned.send(update()), await tuned.send(update())]
    const [asPlain, ...asTuned] = seen
    if (asPlain === undefined) throw new Error('nothing was sent')
    for (const request of asTuned) {
      expect(fixedPart(request)).toEqual(fixedPart(asPlain))
      expect(signedHeaders(request)).toEqual(signedHeaders(asPlain).filter((name) => name !== 'x-amz-user-agent'))
    }
    expect(answered.map((answer) => answer.Attributes)).toEqual([Attributes, Attributes, Attributes])
  })

  it('keeps requests apart that it sends at once', async () => {
    const client = createDynamoDbClient()
    const users = Array.from({ length: 20 }, (_, user) => String(user))
    await Promise.all(users.map((user) => client.send(update(user))))
    expect(seen.map(({ body }) => (body.Key as { pk: { S: string } }).pk.S).sort()).toEqual(
      users.map((user) => `user#${user}`).sort(),
    )
    expect(new Set(seen.map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(20)
  })

  it('throws a failed condition as the exception it is, with the item', async () => {
    const item = { pk: { S: 'user#1' } }
    const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'
    answers = [{ status: 400, body: { __type, message: 'The conditional request failed', Item: item } }]
    const failure = await createDynamoDbClient()
      .send(update())
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConditionalCheckFailedException)
    expect(failure).toMatchObject({ Item: item })
    expect(seen.length).toBe(1)
  })

  it.each([
    ['a throttled request', 400, 'ProvisionedThroughputExceededException'],
    ['an error of the service', 500, 'InternalServerError'],
  ])('sends %s three times in all', async (_label, status, name) => {
    answers = Array(3).fill({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}` } })
    await expect(createDynamoDbClient().send(update())).rejects.toMatchObject({ name })
    expect(seen.length).toBe(3)
  })

  it('names an exception it has no class for', async () => {
    answers = [{ status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#NobodyKnowsException' } }]
    await expect(createDynamoDbClient().send(update())).rejects.toMatchObject({ name: 'NobodyKnowsException' })
  })
})
