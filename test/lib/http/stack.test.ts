import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { Fault } from '../../../lib/fault.ts'
import { implement, implementOpen, type Operation } from '../../../lib/http/operation.ts'
import { createEndpoint } from '../../../lib/http/stack.ts'
import { ok, refuse } from '../../../lib/result.ts'
import { apiEvent, context } from '../../support/api-event.ts'
import { caller, NOW, recordingLog, testEdge } from '../../support/edge.ts'

const operation = {
  method: 'POST',
  path: '/v1/stages/{stageId}/join',
  id: 'join',
  summary: '',
  description: '',
  bearer: true,
  body: z.strictObject({ role: z.exactOptional(z.string()) }),
  answers: {},
  codes: [],
} as const satisfies Operation
const JOIN = 'POST /v1/stages/{stageId}/join'
const path = { stageId: 'town-hall' }

const COMMON_HEADERS = {
  'X-Request-Id': 'request-1',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
}

describe('a request that succeeds', () => {
  it('reaches the handler authenticated and parsed', async () => {
    const calls: unknown[] = []
    const { send } = testEdge(
      implement(operation, async (call) => {
        calls.push({ ...call, log: undefined })
        return ok({ status: 201, body: { stageId: call.path.stageId } })
      }),
    )
    const answer = await send(JOIN, { path, body: '{"role":"host"}' })
    expect(answer).toMatchObject({ statusCode: 201, json: { stageId: 'town-hall' } })
    expect(calls).toEqual([
      {
        caller,
        path,
        query: {},
        headers: { authorization: 'Bearer ada', 'content-type': 'application/json' },
        body: { role: 'host' },
        requestId: 'request-1',
        now: NOW,
        log: undefined,
      },
    ])
  })

  it('carries every common header, is private, and has no CORS header of ours', async () => {
    const { send } = testEdge(implement(operation, async () => ok({ status: 200, body: {}, headers: { ETag: '"1"' } })))
    const { headers } = await send(JOIN, { path })
    expect(headers).toEqual({
      ...COMMON_HEADERS,
      'Content-Type': 'application/json',
      'Cache-Control': 'private',
      ETag: '"1"',
    })
  })

  it('is stored nowhere when it is confidential, whatever the handler says', async () => {
    const { send } = testEdge(
      implement(operation, async () =>
        ok({ status: 201, body: {}, confidential: true, headers: { 'Cache-Control': 'public' } }),
      ),
    )
    expect((await send(JOIN, { path })).headers).toMatchObject({ 'Cache-Control': 'no-store' })
  })

  it('has no body and no content type with 204', async () => {
    const { send } = testEdge(implement(operation, async () => ok({ status: 204 })))
    const answer = await send(JOIN, { path })
    expect(answer.body).toBeUndefined()
    expect(answer.headers).not.toHaveProperty('Content-Type')
  })

  it('writes one log line with who, where and how it ended', async () => {
    const { send, requests } = testEdge(
      implement(operation, async ({ log }) => {
        log.note({ rule: 'granted' })
        return ok({ status: 201 })
      }),
    )
    await send(JOIN, { path })
    expect(requests).toEqual([
      {
        requestId: 'request-1',
        route: JOIN,
        notes: { userId: 'ada', issuer: 'https://issuer.example', stageId: 'town-hall', rule: 'granted' },
        grants: [],
        timed: ['authenticate'],
        outcome: { status: 201 },
      },
    ])
  })
})

describe('a request that fails', () => {
  it.each([
    ['before: authentication', { headers: { authorization: 'Bearer eve' }, path }, 401, 'login_invalid'],
    ['before: parsing', { path, body: '{' }, 400, 'malformed_json'],
    ['in the handler: a refusal', { path, body: '{"role":"refused"}' }, 403, 'not_a_member'],
    ['in the handler: a fault', { path, body: '{"role":"fault"}' }, 503, 'storage_unavailable'],
    ['in the handler: anything thrown', { path, body: '{"role":"bug"}' }, 500, 'internal'],
    ['in the handler: not even an error', { path, body: '{"role":"undefined"}' }, 500, 'internal'],
    ['after: an answer that is no JSON', { path, body: '{"role":"bigint"}' }, 500, 'internal'],
  ])('%s still passes the problem, header and log layers', async (_where, request, status, code) => {
    const { send, requests } = testEdge(
      implement(operation, async ({ body }) => {
        if (body.role === 'refused') return refuse({ code: 'not_a_member' })
        if (body.role === 'fault') throw new Fault('storage_unavailable', 'table did not answer')
        if (body.role === 'undefined') throw undefined
        if (body.role === 'bigint') return ok({ status: 200, body: 1n })
        throw new TypeError('marker')
      }),
    )
    const answer = await send(JOIN, request)
    expect(answer).toMatchObject({ statusCode: status, json: { status, code, instance: 'request-1' } })
    expect(answer.headers).toMatchObject({
      ...COMMON_HEADERS,
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
    })
    expect(requests).toHaveLength(1)
    expect(requests[0]?.outcome).toMatchObject({ status, code })
  })

  it.each([
    [undefined, 'login_required', 'Bearer realm="stagedoor"'],
    ['Bearer eve', 'login_invalid', 'Bearer realm="stagedoor", error="invalid_token"'],
  ])('challenges %s', async (authorization, code, challenge) => {
    const { endpoint } = testEdge(implement(operation, async () => ok({ status: 200 })))
    const headers = authorization === undefined ? {} : { authorization }
    const { statusCode, body, headers: sent } = await endpoint(apiEvent(JOIN, { path, headers }), context)
    expect({ statusCode, code: JSON.parse(body ?? '').code }).toEqual({ statusCode: 401, code })
    expect(sent).toMatchObject({ 'WWW-Authenticate': challenge })
  })

  it('answers a login before it looks at path or body', async () => {
    const { send } = testEdge(implement(operation, async () => ok({ status: 200 })))
    const answer = await send(JOIN, { path: { stageId: '?' }, body: '{', headers: { authorization: 'Bearer eve' } })
    expect(answer.statusCode).toBe(401)
  })

  it('reports a fault of the issuer’s keys as such', async () => {
    const { send } = testEdge(
      implement(operation, async () => ok({ status: 200 })),
      {
        authenticate: async () => {
          throw new Fault('identity_provider_unavailable', 'no key set', { retryAfterSeconds: 2.5 })
        },
      },
    )
    const answer = await send(JOIN, { path })
    expect(answer).toMatchObject({ statusCode: 503, json: { code: 'identity_provider_unavailable', retryAfter: 3 } })
    expect(answer.headers).toMatchObject({ 'Retry-After': '3' })
  })

  it.each(['HEAD /v1/stages/{stageId}/join', 'GET /v1/nothing', '$default', 'constructor', '__proto__'])(
    'says what API Gateway says to %s',
    async (routeKey) => {
      const { send, requests } = testEdge(implement(operation, async () => ok({ status: 200 })))
      const answer = await send(routeKey)
      expect(answer).toMatchObject({ statusCode: 404, json: { message: 'Not Found' } })
      expect(answer.headers).toMatchObject({ ...COMMON_HEADERS, 'Content-Type': 'application/json' })
      expect(requests[0]).toMatchObject({ route: 'none', outcome: { status: 404 } })
    },
  )
})

describe('reading ahead', () => {
  it('begins with the request, before its login is judged, and nothing waits for it', async () => {
    const steps: string[] = []
    const never = new Promise<never>(() => {})
    const { send } = testEdge(
      implement(operation, async () => ok({ status: 200 })),
      {
        readAhead: () => {
          steps.push('read ahead')
          return never
        },
        authenticate: async () => {
          steps.push('authenticate')
          return ok(caller)
        },
      },
    )
    expect(await send(JOIN, { path })).toMatchObject({ statusCode: 200 })
    expect(steps).toEqual(['read ahead', 'authenticate'])
  })

  it('is nobody’s trouble when it fails', async () => {
    const readAhead = async (): Promise<never> => {
      throw new Fault('storage_unavailable', 'no secret')
    }
    const { send, requests } = testEdge(
      implement(operation, async () => ok({ status: 200 })),
      { readAhead },
    )
    expect(await send(JOIN, { path })).toMatchObject({ statusCode: 200 })
    expect(requests[0]).toMatchObject({ outcome: { status: 200 } })
  })
})

describe('routes', () => {
  it('asks for no login on an open one', async () => {
    const open = { ...operation, bearer: false } as const
    const { endpoint } = testEdge(implementOpen(open, async (call) => ok({ status: 200, body: 'caller' in call })))
    const { statusCode } = await endpoint(apiEvent(JOIN, { path, headers: { authorization: 'Bearer eve' } }), context)
    expect(statusCode).toBe(200)
  })

  it('serves several requests at once without mixing them', async () => {
    const { logger, requests } = recordingLog()
    const waiting: (() => void)[] = []
    const endpoint = createEndpoint(
      {
        authenticate: async (header) => ok({ ...caller, issuer: header ?? '' }),
        clock: () => NOW,
        logger,
      },
      implement(operation, async ({ caller: who, requestId, body }) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return ok({ status: 200, body: { who: who.issuer, requestId, role: body.role } })
      }),
    )
    const names = ['a', 'b', 'c', 'd']
    const answers = names.map((name) =>
      endpoint(
        apiEvent(JOIN, { path, requestId: name, headers: { authorization: name }, body: `{"role":"${name}"}` }),
        context,
      ),
    )
    while (waiting.length < names.length) await new Promise((resolve) => setImmediate(resolve))
    for (const resume of waiting.reverse()) resume()
    const bodies = (await Promise.all(answers)).map(({ body }) => JSON.parse(body ?? ''))
    expect(bodies).toEqual(names.map((name) => ({ who: name, requestId: name, role: name })))
    expect(requests.map(({ requestId, notes }) => [requestId, notes.issuer]).sort()).toEqual(names.map((n) => [n, n]))
  })

  it('ties body and path of the handler to the operation', () => {
    implement(operation, async ({ body, path: { stageId } }) => {
      const role: string | undefined = body.role
      // @ts-expect-error: the schema has no such field
      const _other = body.other
      // @ts-expect-error: the path has no such parameter
      const _participant = ({} as { stageId: typeof stageId }).participantId
      return ok({ status: 200, body: role })
    })
    // @ts-expect-error: a route that asks for a login is not open
    expect(Object.keys(implementOpen(operation, async () => ok({ status: 200 })))).toEqual([JOIN])
  })
})
