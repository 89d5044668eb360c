import type { ProblemCode } from './problem.ts'

export interface ProblemKind {
  readonly status: number
  readonly title: string
  /** Fixed text: nothing of the request, of another user or of a service behind us. */
  readonly detail: string
  readonly retryable: boolean
}

const kind = (status: number, title: string, detail: string, retryable = false): ProblemKind => ({
  status,
  title,
  detail,
  retryable,
})

/** Every public code and what it says. The type makes the table exhaustive: a new code does not compile without its row. */
export const PROBLEM_KINDS: Readonly<Record<ProblemCode, ProblemKind>> = {
  malformed_json: kind(400, 'Malformed JSON', 'The body is not well-formed JSON in UTF-8.'),
  invalid_request: kind(400, 'Invalid request', 'Parts of the request are not allowed; see errors.'),
  invalid_cursor: kind(400, 'Invalid cursor', 'The cursor is not one this list gave out. Start again without it.'),

  login_required: kind(401, 'Login required', 'Send your login as a bearer token in the Authorization header.'),
  login_expired: kind(401, 'Login expired', 'The login has expired. Sign in again or refresh it.'),
  login_invalid: kind(401, 'Login invalid', 'The login is not accepted here.'),

  not_a_member: kind(403, 'Not a member', 'You have no right on this stage.'),
  banned: kind(403, 'Banned', 'You are banned from this stage.'),
  stage_closed: kind(403, 'Stage closed', 'The stage is closed.'),
  role_not_allowed: kind(403, 'Role not allowed', 'Your right on this stage does not include the role asked for.'),
  capability_not_allowed: kind(403, 'Capability not allowed', 'Your role does not include a capability asked for.'),
  not_a_moderator: kind(403, 'Not a moderator', 'This takes a moderator of the stage.'),
  outranked: kind(403, 'Outranked', 'You may act only on users of a lower rank than your own.'),
  not_an_admin: kind(403, 'Not an admin', 'This takes an admin.'),

  stage_not_found: kind(404, 'Stage not found', 'There is no such stage.'),
  participant_not_found: kind(404, 'Participant not found', 'There is no such participant of yours on this stage.'),
  user_not_found: kind(404, 'User not found', 'Nothing is known about this user on this stage.'),

  stage_exists: kind(409, 'Stage exists', 'There is a stage with this id already.'),
  publisher_seats_full: kind(
    409,
    'Publisher seats full',
    'Every publisher seat of the stage is taken. Joining without PUBLISH needs none.',
  ),
  session_conflict: kind(409, 'Session conflict', 'You are on this stage already as often as it allows.'),
  participant_ended: kind(409, 'Participant ended', 'This participant has ended and gets no more tokens; see reason.'),
  exchange_unsupported: kind(409, 'Exchange unsupported', 'Tokens of this deployment cannot be exchanged. Join again.'),
  idempotency_conflict: kind(409, 'Idempotency conflict', 'This Idempotency-Key was used for a different request.'),
  idempotency_in_progress: kind(
    409,
    'Idempotency in progress',
    'The first request with this Idempotency-Key is still being answered.',
    true,
  ),
  conflict: kind(409, 'Conflict', 'The state this request builds on has changed. Read it again.'),

  precondition_failed: kind(412, 'Precondition failed', 'The resource is not in the version that If-Match names.'),
  body_too_large: kind(413, 'Body too large', 'The body is larger than 16 KiB.'),
  unsupported_media_type: kind(415, 'Unsupported media type', 'Send the body as application/json.'),

  rate_limited: kind(429, 'Rate limited', 'You ask too often.', true),

  internal: kind(500, 'Internal error', 'Something went wrong here. Quote the instance when you report it.'),
  ivs_error: kind(502, 'IVS error', 'Amazon IVS did not answer as expected.', true),
  quota_backoff: kind(503, 'Quota reached', 'A quota of Amazon IVS is used up for the moment.', true),
  storage_unavailable: kind(503, 'Storage unavailable', 'Storage did not answer.', true),
  identity_provider_unavailable: kind(
    503,
    'Identity provider unavailable',
    'The keys of your login’s issuer cannot be read.',
    true,
  ),
}
