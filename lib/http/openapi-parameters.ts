import { MAX_USER_ID_LENGTH, PARTICIPANT_ID, SESSION_ID, STAGE_ID } from '../ids.ts'
import type { HeaderName, RequestHeaderName } from './operation.ts'

/** A piece of an OpenAPI document. */
export type Json = Readonly<Record<string, unknown>>

const response = (description: string, schema: Json): Json => ({ description, schema })

export const RESPONSE_HEADERS: Readonly<
  Record<HeaderName | 'X-Request-Id' | 'Retry-After' | 'WWW-Authenticate', Json>
> = {
  'X-Request-Id': response('Quote it when you report something.', { type: 'string' }),
  'Idempotency-Replayed': response('There, and true, on an answer to a repeated Idempotency-Key.', {
    type: 'string',
    const: 'true',
  }),
  ETag: response('The version of what was answered: for If-Match and If-None-Match.', { type: 'string' }),
  Location: response('Where the new resource is.', { type: 'string' }),
  'Retry-After': response('Seconds; the same as retryAfter in the body.', { type: 'integer', minimum: 1 }),
  'WWW-Authenticate': response('The challenge of RFC 6750.', { type: 'string' }),
}

export const REQUEST_HEADERS: Readonly<Record<RequestHeaderName, Json>> = {
  'Idempotency-Key': {
    description: 'Makes a retry the same request.',
    schema: { type: 'string', pattern: '^[!-~]{1,64}$' },
  },
  'If-Match': { description: 'Go on only if the resource is in one of these versions.', schema: { type: 'string' } },
  'If-None-Match': {
    description: 'Answer 304 if the resource is in one of these versions.',
    schema: { type: 'string' },
  },
}

export const PATH_PARAMETERS: Readonly<Record<string, Json>> = {
  stageId: { type: 'string', pattern: STAGE_ID.source, examples: ['town-hall'] },
  participantId: { type: 'string', pattern: PARTICIPANT_ID.source, examples: ['gXk2mPq8RtVw'] },
  userId: { type: 'string', minLength: 1, maxLength: MAX_USER_ID_LENGTH },
  sessionId: { type: 'string', pattern: SESSION_ID.source, examples: ['st-1a2b3c4d5e6f7'] },
}

/** Query values are text on the wire and validated as such; what their text means is said here. */
export const QUERY_PARAMETERS: Readonly<Record<string, { readonly description: string; readonly schema: Json }>> = {
  limit: { description: 'How many items at most.', schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } },
  audience: {
    description: 'With `all`, everyone who was connected at the last sweep, for moderators.',
    schema: { type: 'string', const: 'all' },
  },
  from: { description: 'Not before this instant.', schema: { type: 'string', format: 'date-time' } },
  to: { description: 'Not after this instant.', schema: { type: 'string', format: 'date-time' } },
  cursor: { description: 'The nextCursor of the page before.', schema: { type: 'string' } },
  userId: {
    description: 'The user it is about.',
    schema: { type: 'string', minLength: 1, maxLength: MAX_USER_ID_LENGTH },
  },
}

/** References to headers of every answer, by name. */
export const headerReferences = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
