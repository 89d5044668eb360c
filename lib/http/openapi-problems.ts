import { headerReferences, type Json } from './openapi-parameters.ts'
import type { Operation } from './operation.ts'
import type { ProblemCode } from './problem.ts'
import { PROBLEM_KINDS } from './problem-kinds.ts'

/** What the edge may answer on any route. */
const ALWAYS: readonly ProblemCode[] = [
  'malformed_json',
  'invalid_request',
  'body_too_large',
  'unsupported_media_type',
  'internal',
]

/** What may happen wherever a login is asked for: everything behind one also reads storage. */
const BEHIND_LOGIN: readonly ProblemCode[] = [
  'login_required',
  'login_expired',
  'login_invalid',
  'identity_provider_unavailable',
  'storage_unavailable',
]

/** Every code an operation may answer. */
export const codesOf = ({ codes, bearer }: Operation): readonly ProblemCode[] => [
  ...ALWAYS,
  ...(bearer ? BEHIND_LOGIN : []),
  ...codes,
]

/** The problem responses of an operation: one for each status, listing its codes. */
export function problemResponses(operation: Operation): Json {
  const byStatus = Map.groupBy(codesOf(operation), (code) => PROBLEM_KINDS[code].status)
  return Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), responseOf(status, codes)]))
}

function responseOf(status: number, codes: readonly ProblemCode[]): Json {
  const retries = codes.some((code) => PROBLEM_KINDS[code].retryable)
  const names = ['X-Request-Id', ...(retries ? ['Retry-After'] : []), ...(status === 401 ? ['WWW-Authenticate'] : [])]
  return {
    description: codes.map((code) => `${PROBLEM_KINDS[code].title} (\`${code}\`)`).join(' · '),
    headers: headerReferences(names),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  }
}

/** One example for each code, shared by every operation that may answer it. */
export function problemExamples(operations: readonly Operation[]): Json {
  const codes = new Set(operations.flatMap(codesOf))
  return Object.fromEntries([...codes].map((code) => [code, { value: exampleOf(code) }]))
}

function exampleOf(code: ProblemCode): Json {
  const { status, title, detail, retryable } = PROBLEM_KINDS[code]
  const retry = retryable ? { retryAfter: 1 } : {}
  return {
    type: `urn:stagedoor:error:${code}`,
    title,
    status,
    detail,
    instance: 'JKJaXmPLvHcESHA=',
    code,
    retryable,
    ...retry,
  }
}
