import { Fault, type FaultCode } from '../fault.ts'
import type { EndReason, FieldError, Refusal, RefusalCode } from '../refusal.ts'
import { isoOfSeconds } from '../time.ts'
import { PROBLEM_KINDS } from './problem-kinds.ts'

/** Why a login is not accepted. One code for everything wrong but its age: no oracle. */
export type LoginRefusal = { readonly code: 'login_required' | 'login_expired' | 'login_invalid' }

/** What the edge itself refuses before a use case sees the request. */
export type EdgeRefusal =
  | LoginRefusal
  | { readonly code: 'malformed_json' | 'body_too_large' | 'unsupported_media_type' }

/** Every code a client may meet. Listed with their meaning in docs/errors.md; never renamed. */
export type ProblemCode = RefusalCode | EdgeRefusal['code'] | FaultCode | 'internal'

/** The body of every refusal (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The request id. */
  readonly instance: string
  readonly code: ProblemCode
  /** The same request may succeed later, unchanged. */
  readonly retryable: boolean
  /** Seconds; mirrored in `Retry-After`. */
  readonly retryAfter?: number
  readonly errors?: readonly FieldError[]
  /** Of `banned`: when it ends, ISO 8601. */
  readonly until?: string
  /** Of `participant_ended`. */
  readonly reason?: EndReason
}

/** Carries a refusal through middy to the problem layer: below the stack, refusals are values. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal | EdgeRefusal

  constructor(refusal: Refusal | EdgeRefusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

/** Turns anything thrown into what the client is told. Only a `Refused` or a `Fault` says anything about itself. */
export function problemOf(thrown: unknown, requestId: string): Problem {
  if (thrown instanceof Refused) return problem(thrown.refusal.code, requestId, extrasOf(thrown.refusal))
  if (thrown instanceof Fault)
    return problem(thrown.code, requestId, { retryAfter: wholeSeconds(thrown.retryAfterSeconds) })
  return problem('internal', requestId, {})
}

type Extras = Pick<Problem, 'retryAfter' | 'errors' | 'until' | 'reason'>

function problem(code: ProblemCode, instance: string, extras: Extras): Problem {
  const { status, title, detail, retryable } = PROBLEM_KINDS[code]
  return { type: `urn:stagedoor:error:${code}`, title, status, detail, instance, code, retryable, ...extras }
}

/** What a refusal says beyond its code: the one place where data of a refusal reaches a client. */
function extrasOf(refusal: Refusal | EdgeRefusal): Extras {
  switch (refusal.code) {
    case 'invalid_request':
      return { errors: refusal.errors }
    case 'invalid_cursor':
      return {
        errors: [{ pointer: '#query/cursor', code: 'invalid_cursor', detail: PROBLEM_KINDS.invalid_cursor.detail }],
      }
    case 'malformed_json':
      return { errors: [{ pointer: '', code: 'malformed_json', detail: PROBLEM_KINDS.malformed_json.detail }] }
    case 'banned':
      return refusal.until === undefined ? {} : { until: isoOfSeconds(refusal.until) }
    case 'participant_ended':
      return { reason: refusal.reason }
    case 'rate_limited':
      return { retryAfter: wholeSeconds(refusal.retryAfterSeconds) }
    case 'idempotency_in_progress':
      return { retryAfter: 1 }
    default:
      return {}
  }
}

/** `Retry-After` holds whole seconds (RFC 9110 §10.2.3); a client told 0 would spin. */
const wholeSeconds = (seconds: number): number => Math.max(1, Math.ceil(seconds))
