import { describe, expect, it } from 'vitest'
import type { CorsRules } from '../../../local/deployment/deployment.ts'
import { createGateway } from '../../../local/gateway/gateway.ts'
import { createThrottles } from '../../../local/gateway/throttle.ts'
import type { InvokeOutcome } from '../../../local/lambda/function-host.ts'

const cors: CorsRules = {
  allowedOrigins: ['https://app.example'],
  allowedHeaders: ['authorization', 'content-type'],
  allowedMethods: ['GET', 'POST'],
  exposedHeaders: ['ETag', 'X-Request-Id'],
  allowCredentials: false,
  maxAgeSeconds: 600,
}
const definition = {
  name: 'one',
  handler: 'dist/one/index.handler',
  timeoutSeconds: 1,
  memoryMegabytes: 128,
  environment: {},
  roleName: 'OneRole',
  statements: [],
  routes: [{ method: 'POST', path: '/x' }],
  queueSources: [],
  schedules: [],
  asyncRetries: 2,
}

interface Sent {
  readonly method?: string
  readonly url?: string
  readonly headers?: readonly string[]
  readonly body?: Buffer
}

const answered = (payload: unknown): InvokeOutcome => ({ kind: 'answered', payload })

async function send(sent: Sent, outcome: InvokeOutcome = answered({ statusCode: 200 }), allow = () => true) {
  const deployment = { functions: [definition], cors, accountId: '123456789012' }
  const gateway = createGateway({ deployment, invoke: async () => outcome, allow, now: () => 0 })
  const { method = 'POST', url = '/x', headers = [], body = Buffer.alloc(0) } = sent
  const answer = await gateway({ method, url, rawHeaders: ['Host', 'h', ...headers], body, sourceIp: '127.0.0.1' })
  const { 'apigw-requestid': requestId, ...rest } = answer.headers
  expect(requestId).toMatch(/^[\w-]{36}$/)
  return { status: answer.status, headers: rest, body: answer.body.toString() }
}

const json = { 'content-type': 'application/json' }
const text = { 'content-type': 'text/plain;charset=UTF-8' }

describe('what API Gateway says by itself', () => {
  it.each<[string, Sent, InvokeOutcome, number, string]>([
    ['an unknown route', { url: '/y' }, answered({}), 404, 'Not Found'],
    ['an unknown method', { method: 'PUT' }, answered({}), 404, 'Not Found'],
    ['OPTIONS that is no preflight', { method: 'OPTIONS' }, answered({}), 404, 'Not Found'],
    ['headers too large', { headers: ['X', 'a'.repeat(10_240)] }, answered({}), 431, 'Request Header Fields Too Large'],
    ['a URL too large', { url: `/x?${'a'.repeat(10_240)}` }, answered({}), 431, 'Request Header Fields Too Large'],
    ['a body too large', { body: Buffer.alloc(10 * 1024 * 1024 + 1) }, answered({}), 413, 'Request Entity Too Large'],
    ['a function that takes too long', {}, { kind: 'timed-out' }, 503, 'Service Unavailable'],
    ['a function that fails', {}, { kind: 'failed', errorType: 'E', errorMessage: 'm' }, 500, 'Internal Server Error'],
    ['a status that is none', {}, answered({ statusCode: 'many' }), 500, 'Internal Server Error'],
  ])('%s', async (_, sent, outcome, status, message) => {
    expect(await send(sent, outcome)).toEqual({ status, headers: json, body: JSON.stringify({ message }) })
  })

  it('throttles by route', async () => {
    expect(await send({}, answered({}), () => false)).toMatchObject({
      status: 429,
      body: '{"message":"Too Many Requests"}',
    })
  })
})

describe('what it makes of a function’s answer', () => {
  it.each([
    ['status and body', { statusCode: 201, body: 'b' }, { status: 201, headers: text, body: 'b' }],
    ['a status in text', { statusCode: '202' }, { status: 202, headers: text, body: '' }],
    [
      'header names in lower case',
      { statusCode: 200, headers: { 'X-A': 1 } },
      { status: 200, headers: { ...text, 'x-a': '1' }, body: '' },
    ],
    [
      'a type of its own',
      { statusCode: 200, headers: { 'Content-Type': 'a/b' } },
      { status: 200, headers: { 'content-type': 'a/b' }, body: '' },
    ],
    [
      'cookies',
      { statusCode: 200, cookies: ['a=1', 'b=2'] },
      { status: 200, headers: { ...text, 'set-cookie': ['a=1', 'b=2'] }, body: '' },
    ],
    [
      'base64',
      { statusCode: 200, body: 'Ynl0ZXM=', isBase64Encoded: true },
      { status: 200, headers: text, body: 'bytes' },
    ],
    ['no statusCode: a body', { a: 1 }, { status: 200, headers: json, body: '{"a":1}' }],
    ['text alone: a body', 'hello', { status: 200, headers: json, body: 'hello' }],
    ['nothing: null', null, { status: 200, headers: json, body: 'null' }],
  ])('%s', async (_, payload, expected) => {
    expect(await send({}, answered(payload))).toEqual(expected)
  })
})

describe('CORS', () => {
  const asked = ['Access-Control-Request-Method', 'POST']
  const allowed = {
    'access-control-allow-origin': 'https://app.example',
    'access-control-expose-headers': 'ETag,X-Request-Id',
  }

  it('answers a preflight itself, on any path', async () => {
    const answer = await send({
      method: 'OPTIONS',
      url: '/anything',
      headers: ['Origin', 'https://app.example', ...asked],
    })
    expect(answer).toEqual({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-max-age': '600',
      },
      body: '',
    })
  })

  it('says nothing to another origin', async () => {
    const answer = await send({ method: 'OPTIONS', headers: ['Origin', 'https://evil.example', ...asked] })
    expect(answer).toEqual({ status: 204, headers: {}, body: '' })
  })

  it('replaces what the function says about it', async () => {
    const payload = {
      statusCode: 200,
      headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' },
    }
    const here = await send({ headers: ['Origin', 'https://app.example'] }, answered(payload))
    expect(here.headers).toEqual({ ...text, ...allowed })
    const elsewhere = await send({ headers: ['Origin', 'https://evil.example'] }, answered(payload))
    expect(elsewhere.headers).toEqual(text)
  })

  it('is on the gateway’s own errors too', async () => {
    const answer = await send({ url: '/y', headers: ['Origin', 'https://app.example'] })
    expect(answer).toMatchObject({ status: 404, headers: { ...json, ...allowed } })
  })
})

describe('createThrottles', () => {
  it('lets a burst through, then the rate, each route for itself', () => {
    let now = 0
    const allow = createThrottles(
      { 'GET /a': { ratePerSecond: 2, burst: 3 }, $default: { ratePerSecond: 1, burst: 1 } },
      () => now,
    )
    const burst = (key: string) => [1, 2, 3, 4].map(() => allow(key))
    expect(burst('GET /a')).toEqual([true, true, true, false])
    expect(burst('GET /b')).toEqual([true, false, false, false])
    now = 1000
    expect(burst('GET /a')).toEqual([true, true, false, false])
  })
})
