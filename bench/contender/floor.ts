import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { UPDATE } from './update.ts'

/**
 * What no join can do without: one login verified, one exchange with the table, one token signed. Nothing is checked that
 * could be left out, nothing is logged, and the request to the table is not even signed.
 */
const { env } = process
const loginKey = createPublicKey(env.PATTERN_LOGIN_KEY ?? '')
const signingKey = createPrivateKey(env.PATTERN_PRIVATE_KEY ?? '')
const agent = new Agent({ keepAlive: true })
const { hostname, port } = new URL(env.AWS_ENDPOINT_URL_DYNAMODB ?? '')
const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.UpdateItem' }
const tokenHeader = part({ alg: 'ES384', typ: 'JWT', kid: env.PATTERN_PUBLIC_KEY_ARN })

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export async function handler(event: APIGatewayProxyEventV2): Promise<{ statusCode: number; body: string }> {
  const [header = '', claims = '', signature = ''] = (event.headers.authorization ?? '').slice(7).split('.')
  if (!verify('sha256', Buffer.from(`${header}.${claims}`), loginKey, Buffer.from(signature, 'base64url'))) {
    return { statusCode: 401, body: '' }
  }
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const participantId = crypto.randomUUID()
  await exchange(UPDATE.replaceAll('USER', sub).replaceAll('PARTICIPANT', participantId))
  const now = Math.floor(Date.now() / 1000)
  const input = `${tokenHeader}.${part(claimsOf(sub, participantId, now))}`
  const key = { key: signingKey, dsaEncoding: 'ieee-p1363' } as const
  const token = `${input}.${sign('sha384', Buffer.from(input), key).toString('base64url')}`
  return { statusCode: 201, body: JSON.stringify({ token, participantId }) }
}

function claimsOf(userId: string, participantId: string, now: number): object {
  return {
    iat: now,
    exp: now + 10_800,
    jti: participantId,
    resource: env.PATTERN_STAGE_ARN,
    topic: 'abcdABCDefgh',
    events_url: 'wss://global.events.live-video.net',
    whip_url: 'https://global.whip.live-video.net',
    capabilities: { allow_subscribe: true },
    version: '1.0',
    attributes: { role: 'viewer' },
    user_id: userId,
  }
}

function exchange(body: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  request({ hostname, port, agent, method: 'POST', path: '/', headers: { ...headers, 'content-length': body.length } })
    .on('error', reject)
    .on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(JSON.parse(text)))
    })
    .end(body)
  return promise
}
