import type { CorsRules } from '../deployment/deployment.ts'
import type { WireAnswer } from './http-answer.ts'

type Headers = Readonly<Record<string, string>>

function originAnswered(rules: CorsRules, origin: string): string | undefined {
  if (rules.allowedOrigins.includes('*')) return '*'
  const scheme = origin.split('://')[0]
  const allowed = rules.allowedOrigins.some((one) => one === origin || one === `${scheme}://*`)
  return allowed ? origin : undefined
}

/** What a browser asks before it sends the real request. */
export const isPreflight = (method: string, headers: Headers): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined

/** API Gateway's own answer to a preflight, whether or not there is such a route: 204, silent for an origin that is not allowed. */
export function preflightAnswer(rules: CorsRules, headers: Headers): WireAnswer {
  const origin = originAnswered(rules, headers.origin ?? '')
  if (origin === undefined) return { status: 204, headers: {}, body: Buffer.alloc(0) }
  return {
    status: 204,
    headers: {
      'access-control-allow-origin': origin,
      ...(rules.allowedMethods.length > 0 ? { 'access-control-allow-methods': rules.allowedMethods.join(',') } : {}),
      ...(rules.allowedHeaders.length > 0 ? { 'access-control-allow-headers': rules.allowedHeaders.join(',') } : {}),
      ...(rules.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rules.maxAgeSeconds) }),
      ...(rules.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    },
    body: Buffer.alloc(0),
  }
}

/** With CORS configured, API Gateway drops what a function says about it and speaks for itself. */
export function withCors(rules: CorsRules, request: Headers, answer: WireAnswer): WireAnswer {
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'))
  const origin = request.origin === undefined ? undefined : originAnswered(rules, request.origin)
  const added: Record<string, string> = {}
  if (origin !== undefined) {
    added['access-control-allow-origin'] = origin
    if (rules.exposedHeaders.length > 0) added['access-control-expose-headers'] = rules.exposedHeaders.join(',')
    if (rules.allowCredentials) added['access-control-allow-credentials'] = 'true'
  }
  return { ...answer, headers: { ...Object.fromEntries(own), ...added } }
}
