import { POLICY_CODES } from '../grant/policy-codes.ts'
import type { Operation } from '../http/operation.ts'
import { TokenAnswer } from '../token/token-answer.schema.ts'
import { JoinRequest } from './join.schema.ts'

export const joinOperation = {
  method: 'POST',
  path: '/v1/stages/{stageId}/join',
  id: 'join',
  summary: 'Join a stage',
  description:
    'Makes the caller a participant and answers its token. What the policy allows may be narrowed, never widened. With an Idempotency-Key a retry answers the same participant (self-signed token modes).',
  bearer: true,
  body: JoinRequest,
  headers: ['Idempotency-Key'],
  answers: {
    200: {
      description: 'The participant that the first request with this Idempotency-Key made.',
      body: TokenAnswer,
      headers: ['Idempotency-Replayed'],
    },
    201: { description: 'A new participant.', body: TokenAnswer },
  },
  codes: [
    ...POLICY_CODES,
    'publisher_seats_full',
    'session_conflict',
    'participant_ended',
    'idempotency_conflict',
    'idempotency_in_progress',
    'conflict',
    'rate_limited',
    'ivs_error',
    'quota_backoff',
  ],
} as const satisfies Operation
