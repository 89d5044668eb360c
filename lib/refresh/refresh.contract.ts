import { POLICY_CODES } from '../grant/policy-codes.ts'
import type { Operation } from '../http/operation.ts'
import { TokenAnswer } from '../token/token-answer.schema.ts'
import { RefreshRequest } from './refresh.schema.ts'

export const refreshOperation = {
  method: 'POST',
  path: '/v1/stages/{stageId}/participants/{participantId}/token',
  id: 'refreshToken',
  summary: 'A new token for the same participant',
  description:
    'For the IVS SDK’s exchangeToken, or a reconnect. The policy runs again in full. Where tokens are made by IVS itself, the answer is 409 exchange_unsupported: join again.',
  bearer: true,
  body: RefreshRequest,
  answers: { 201: { description: 'A new token of the participant.', body: TokenAnswer } },
  codes: [
    ...POLICY_CODES,
    'participant_not_found',
    'publisher_seats_full',
    'participant_ended',
    'exchange_unsupported',
    'conflict',
    'rate_limited',
  ],
} as const satisfies Operation
