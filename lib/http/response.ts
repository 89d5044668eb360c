import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Problem } from './problem.ts'
import type { Answer } from './route.ts'

/** An answer as API Gateway takes it; its headers are a plain record that the layers above may add to. */
export type Response = Omit<APIGatewayProxyStructuredResultV2, 'headers'> & {
  readonly statusCode: number
  headers: Record<string, string>
}

/** What a success becomes on the wire. Whatever the handler says, a confidential answer is stored nowhere. */
export function responseOf(answer: Answer): Response {
  return {
    statusCode: answer.status,
    headers: {
      ...(answer.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...answer.headers,
      'Cache-Control': answer.confidential === true ? 'no-store' : 'private',
    },
    ...(answer.body === undefined ? {} : { body: JSON.stringify(answer.body) }),
  }
}

/** What a refusal or a fault becomes on the wire. */
export function responseOfProblem(problem: Problem): Response {
  return {
    statusCode: problem.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(problem.retryAfter === undefined ? {} : { 'Retry-After': String(problem.retryAfter) }),
      ...(problem.status === 401 ? { 'WWW-Authenticate': challengeOf(problem) } : {}),
    },
    body: JSON.stringify(problem),
  }
}

/** RFC 6750 §3: without a login no error is named; with one, only that it is not valid. */
const challengeOf = (problem: Problem): string =>
  problem.code === 'login_required' ? 'Bearer realm="stagedoor"' : 'Bearer realm="stagedoor", error="invalid_token"'

/** What API Gateway itself says about a route it does not have. */
export const routeNotFound = (): Response => ({
  statusCode: 404,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  body: '{"message":"Not Found"}',
})
