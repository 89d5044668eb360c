import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { userOf } from './login.ts'
import { signToken } from './sign-token.ts'

/**
 * Pattern (c): a key from the environment and nothing stored: nobody can be banned, promoted, counted or found again. As
 * fast as a join without memory can be.
 */
const pem = process.env.PATTERN_PRIVATE_KEY ?? ''
const stageArn = process.env.PATTERN_STAGE_ARN ?? ''
const endpoints = { events: 'wss://global.events.live-video.net', whip: 'https://global.whip.live-video.net' }

export async function handler(event: APIGatewayProxyEventV2) {
  const userId = userOf(event)
  const { attributes = {} } = JSON.parse(event.body ?? '{}')
  const participantId = crypto.randomUUID()
  const token = signToken({ pem, stageArn, userId, participantId, attributes, endpoints })
  process.stdout.write(`joined ${participantId}\n`)
  return {
    statusCode: 201,
    headers: { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' },
    body: JSON.stringify({ token, participantId }),
  }
}
