import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { userOf } from './login.ts'
import { signToken } from './sign-token.ts'

/**
 * Pattern (b): signs by itself, but fetches everything for each request: the room by an index, the user, the key, the hosts;
 * and writes twice.
 */
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}))
const secrets = new SecretsManagerClient({})
const parameters = new SSMClient({})

export async function handler(event: APIGatewayProxyEventV2) {
  const userId = userOf(event)
  const { attributes = {} } = JSON.parse(event.body ?? '{}')
  const stageId = event.pathParameters?.stageId
  const { Items: rooms } = await table.send(
    new QueryCommand({
      TableName: 'rooms',
      IndexName: 'byCode',
      KeyConditionExpression: 'stageId = :stageId',
      ExpressionAttributeValues: { ':stageId': stageId },
    }),
  )
  const room = rooms?.[0]
  if (!room) return { statusCode: 404, body: JSON.stringify({ error: 'Not found' }) }
  await table.send(new GetCommand({ TableName: 'users', Key: { userId } }))
  const { SecretString: pem = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: 'pattern-key' }))
  const { Parameter } = await parameters.send(new GetParameterCommand({ Name: '/pattern/endpoints' }))
  const endpoints = JSON.parse(Parameter?.Value ?? '{}')
  const participantId = crypto.randomUUID()
  const token = signToken({ pem, stageArn: room.stageArn, userId, participantId, attributes, endpoints })
  await table.send(
    new UpdateCommand({
      TableName: 'users',
      Key: { userId },
      UpdateExpression: 'SET lastJoin = :now',
      ExpressionAttributeValues: { ':now': Date.now() },
    }),
  )
  await table.send(
    new UpdateCommand({
      TableName: 'rooms',
      Key: { stageId },
      UpdateExpression: 'SET participants.#id = :user ADD joins :one',
      ExpressionAttributeNames: { '#id': participantId },
      ExpressionAttributeValues: { ':user': { userId, attributes }, ':one': 1 },
    }),
  )
  process.stdout.write(`joined ${room.stageArn} ${participantId}\n`)
  return {
    statusCode: 201,
    headers: { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' },
    body: JSON.stringify({ token, participantId }),
  }
}
