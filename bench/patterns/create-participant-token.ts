import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateParticipantTokenCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { userOf } from './login.ts'

/** Pattern (a): the room is read from the table, IVS makes the token. What most samples do. */
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}))
const ivs = new IVSRealTimeClient({})

export async function handler(event: APIGatewayProxyEventV2) {
  const userId = userOf(event)
  const { attributes = {} } = JSON.parse(event.body ?? '{}')
  const stageId = event.pathParameters?.stageId
  const { Item: room } = await table.send(new GetCommand({ TableName: 'rooms', Key: { stageId } }))
  if (!room) return { statusCode: 404, body: JSON.stringify({ error: 'Not found' }) }
  const { participantToken } = await ivs.send(
    new CreateParticipantTokenCommand({
      stageArn: room.stageArn,
      userId,
      capabilities: ['SUBSCRIBE'],
      duration: 180,
      attributes,
    }),
  )
  process.stdout.write(`joined ${room.stageArn} ${participantToken?.participantId}\n`)
  return {
    statusCode: 201,
    headers: { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' },
    body: JSON.stringify({ token: participantToken?.token, participantId: participantToken?.participantId }),
  }
}
