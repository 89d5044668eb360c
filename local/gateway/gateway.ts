import { randomUUID } from 'node:crypto'
import type { EpochMs } from '../../lib/time.ts'
import type { CorsRules, Deployment } from '../deployment/deployment.ts'
import type { InvokeOutcome } from '../lambda/function-host.ts'
import { isPreflight, preflightAnswer, withCors } from './cors.ts'
import { gatewayAnswer, internalServerError, type WireAnswer, wireAnswerOf } from './http-answer.ts'
import { httpEventOf, joinHeaders, type WireRequest } from './http-event.ts'
import { matchRoute, type RouteMatch, routeOf } from './routes.ts'

/** API Gateway's limits (HTTP API quotas): the request line and headers together, and the body. */
const MAX_HEADER_BYTES = 10_240
export const MAX_BODY_BYTES = 10 * 1024 * 1024
/** It waits no longer for a function than this, whatever the function's own timeout. */
const INTEGRATION_TIMEOUT_SECONDS = 30

export interface GatewayOptions {
  readonly deployment: Pick<Deployment, 'functions' | 'cors' | 'accountId'>
  readonly invoke: (functionName: string, event: unknown) => Promise<InvokeOutcome>
  /** Whether a request on this route may pass; see `createThrottles`. */
  readonly allow: (routeKey: string) => boolean
  readonly now: () => EpochMs
}

export type Gateway = (request: WireRequest) => Promise<WireAnswer>

function headerBytes(rawHeaders: readonly string[], method: string, url: string): number {
  const perLine = 4
  const lines = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text, 'latin1') + perLine / 2, 0)
  return lines + method.length + Buffer.byteLength(url) + ' HTTP/1.1  '.length
}

function answerOf(outcome: InvokeOutcome): WireAnswer {
  switch (outcome.kind) {
    case 'answered':
      return wireAnswerOf(outcome.payload)
    case 'timed-out':
      return gatewayAnswer(503, 'Service Unavailable')
    case 'failed':
      return internalServerError()
  }
}

async function within<T>(seconds: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), seconds * 1000)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** API Gateway's HTTP API in front of the functions: one request in, one answer out. */
export function createGateway({ deployment, invoke, allow, now }: GatewayOptions): Gateway {
  const routes = deployment.functions.flatMap(({ name, routes: own }) => own.map((route) => routeOf(route, name)))
  const cors: CorsRules | undefined = deployment.cors

  const forward = async (request: WireRequest, match: RouteMatch<string>, requestId: string): Promise<WireAnswer> => {
    const { route, parameters } = match
    if (!allow(route.key)) return gatewayAnswer(429, 'Too Many Requests')
    const facts = { routeKey: route.key, parameters, requestId, accountId: deployment.accountId, now: now() }
    const invoked = invoke(route.target, httpEventOf(request, facts))
    return answerOf(await within(INTEGRATION_TIMEOUT_SECONDS, invoked, { kind: 'timed-out' }))
  }

  return async (request) => {
    const { headers } = joinHeaders(request.rawHeaders)
    const requestId = randomUUID()
    const answer = async (): Promise<WireAnswer> => {
      if (headerBytes(request.rawHeaders, request.method, request.url) > MAX_HEADER_BYTES)
        return gatewayAnswer(431, 'Request Header Fields Too Large')
      if (request.body.length > MAX_BODY_BYTES) return gatewayAnswer(413, 'Request Entity Too Large')
      if (cors && isPreflight(request.method, headers)) return preflightAnswer(cors, headers)
      const match = matchRoute(routes, request.method, request.url.split('?')[0] ?? '')
      return match ? forward(request, match, requestId) : gatewayAnswer(404, 'Not Found')
    }
    const given = await answer()
    const spoken = cors && !isPreflight(request.method, headers) ? withCors(cors, headers, given) : given
    return { ...spoken, headers: { ...spoken.headers, 'apigw-requestid': requestId } }
  }
}
