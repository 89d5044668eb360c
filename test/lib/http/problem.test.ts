import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Fault, type FaultCode } from '../../../lib/fault.ts'
import { OPERATIONS } from '../../../lib/http/contract.ts'
import { codesOf } from '../../../lib/http/openapi-problems.ts'
import { ProblemBody } from '../../../lib/http/problem.schema.ts'
import { type EdgeRefusal, type ProblemCode, problemOf, Refused } from '../../../lib/http/problem.ts'
import { PROBLEM_KINDS } from '../../../lib/http/problem-kinds.ts'
import type { Refusal } from '../../../lib/refusal.ts'

type Row = readonly [
  status: number,
  thrown: Refusal | EdgeRefusal | FaultCode | 'bug',
  retryable: boolean,
  extras?: object,
]

const FIELD = { pointer: '/role', code: 'wrong_type', detail: 'Must be a string.' }

/** One row for each code: the type refuses a table that lacks one. */
const ROWS: Readonly<Record<ProblemCode, Row>> = {
  malformed_json: [400, { code: 'malformed_json' }, false, { errors: [{ pointer: '', code: 'malformed_json' }] }],
  invalid_request: [400, { code: 'invalid_request', errors: [FIELD] }, false, { errors: [FIELD] }],
  invalid_cursor: [
    400,
    { code: 'invalid_cursor' },
    false,
    { errors: [{ pointer: '#query/cursor', code: 'invalid_cursor' }] },
  ],
  login_required: [401, { code: 'login_required' }, false],
  login_expired: [401, { code: 'login_expired' }, false],
  login_invalid: [401, { code: 'login_invalid' }, false],
  not_a_member: [403, { code: 'not_a_member' }, false],
  banned: [403, { code: 'banned', until: 1_795_251_600 }, false, { until: '2026-11-21T09:00:00.000Z' }],
  stage_closed: [403, { code: 'stage_closed' }, false],
  role_not_allowed: [403, { code: 'role_not_allowed' }, false],
  capability_not_allowed: [403, { code: 'capability_not_allowed' }, false],
  not_a_moderator: [403, { code: 'not_a_moderator' }, false],
  outranked: [403, { code: 'outranked' }, false],
  not_an_admin: [403, { code: 'not_an_admin' }, false],
  stage_not_found: [404, { code: 'stage_not_found' }, false],
  participant_not_found: [404, { code: 'participant_not_found' }, false],
  user_not_found: [404, { code: 'user_not_found' }, false],
  stage_exists: [409, { code: 'stage_exists' }, false],
  publisher_seats_full: [409, { code: 'publisher_seats_full' }, false],
  session_conflict: [409, { code: 'session_conflict' }, false],
  participant_ended: [409, { code: 'participant_ended', reason: 'kicked' }, false, { reason: 'kicked' }],
  exchange_unsupported: [409, { code: 'exchange_unsupported' }, false],
  idempotency_conflict: [409, { code: 'idempotency_conflict' }, false],
  idempotency_in_progress: [409, { code: 'idempotency_in_progress' }, true, { retryAfter: 1 }],
  conflict: [409, { code: 'conflict' }, false],
  precondition_failed: [412, { code: 'precondition_failed' }, false],
  body_too_large: [413, { code: 'body_too_large' }, false],
  unsupported_media_type: [415, { code: 'unsupported_media_type' }, false],
  rate_limited: [429, { code: 'rate_limited', retryAfterSeconds: 5.2 }, true, { retryAfter: 6 }],
  internal: [500, 'bug', false],
  ivs_error: [502, 'ivs_error', true, { retryAfter: 1 }],
  quota_backoff: [503, 'quota_backoff', true, { retryAfter: 1 }],
  storage_unavailable: [503, 'storage_unavailable', true, { retryAfter: 1 }],
  identity_provider_unavailable: [503, 'identity_provider_unavailable', true, { retryAfter: 1 }],
}

function thrownBy(what: Row[1]): unknown {
  if (what === 'bug') return new TypeError('marker-message')
  if (typeof what === 'string') return new Fault(what, 'marker-message', { cause: new Error('marker-cause') })
  return new Refused(what)
}

describe('problems', () => {
  it.each(Object.entries(ROWS))('%s', (code, [status, thrown, retryable, extras]) => {
    const problem = problemOf(thrownBy(thrown), 'request-1')
    expect(problem).toMatchObject({
      type: `urn:stagedoor:error:${code}`,
      code,
      status,
      retryable,
      instance: 'request-1',
      ...extras,
    })
    expect(ProblemBody.safeParse(problem).success).toBe(true)
    expect(JSON.stringify(problem)).not.toContain('marker')
  })

  it.each([undefined, null, 'marker', 42, { code: 'banned', status: 403, statusCode: 403 }])(
    'says nothing about %j being thrown',
    (thrown) => {
      expect(problemOf(thrown, 'request-1')).toMatchObject({ code: 'internal', status: 500 })
    },
  )

  it('leaves out when a ban ends if it never does', () => {
    expect(problemOf(new Refused({ code: 'banned' }), 'request-1')).not.toHaveProperty('until')
  })

  it('tells nobody to come back at once', () => {
    const fault = new Fault('quota_backoff', 'x', { retryAfterSeconds: 0 })
    expect(problemOf(fault, 'request-1').retryAfter).toBe(1)
  })
})

describe('the codes', () => {
  const codes = Object.keys(PROBLEM_KINDS).sort()
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')
  const rows = [...docs.matchAll(/^\| (\d{3}) \| `(\w+)` \|/gm)].map(([, status, code]) => [code, Number(status)])
  const openapi = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8'))

  it('are those of docs/errors.md, with their status', () => {
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(codes.map((code) => [code, ROWS[code as ProblemCode][0]])),
    )
    expect(rows).toHaveLength(codes.length)
  })

  it('are those of the OpenAPI document', () => {
    expect(openapi.components.schemas.Problem.properties.code.enum.toSorted()).toEqual(codes)
  })

  it('are each answered by an operation', () => {
    const answered = new Set(OPERATIONS.flatMap(codesOf))
    expect(codes.filter((code) => !answered.has(code as ProblemCode))).toEqual([])
  })
})
