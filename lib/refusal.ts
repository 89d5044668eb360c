import type { EpochSeconds } from './time.ts'

/** Why a participant may not be refreshed or seen again. */
export type EndReason = 'kicked' | 'banned' | 'replaced' | 'left' | 'lapsed' | 'demoted'

/** One field of a request that is wrong. `pointer` is a JSON pointer into the body, or `#query/x`, `#path/x`, `#header/x`. */
export interface FieldError {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/**
 * Every answer that is an expected "no". The `code` is public and stable: clients branch on it (docs/errors.md).
 * Faults of services we depend on are thrown as `Fault` instead.
 */
export type Refusal =
  | { readonly code: 'invalid_request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'invalid_cursor' }
  | { readonly code: 'banned'; readonly until?: EpochSeconds }
  | { readonly code: 'participant_ended'; readonly reason: EndReason }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: PlainRefusalCode }

export type PlainRefusalCode =
  | 'not_a_member'
  | 'stage_closed'
  | 'role_not_allowed'
  | 'capability_not_allowed'
  | 'not_a_moderator'
  | 'outranked'
  | 'not_an_admin'
  | 'stage_not_found'
  | 'participant_not_found'
  | 'user_not_found'
  | 'stage_exists'
  | 'publisher_seats_full'
  | 'session_conflict'
  | 'exchange_unsupported'
  | 'idempotency_conflict'
  | 'idempotency_in_progress'
  | 'conflict'
  | 'precondition_failed'

export type RefusalCode = Refusal['code']
