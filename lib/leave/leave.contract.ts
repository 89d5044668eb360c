import * as z from 'zod/mini'
import type { Operation } from '../http/operation.ts'
import { parseUserId } from '../ids.ts'

export const leaveOperation = {
  method: 'DELETE',
  path: '/v1/stages/{stageId}/participants/{participantId}',
  id: 'leave',
  summary: 'Leave, or remove one device',
  description:
    'Ends the participant: no more tokens for it, and one that may publish is disconnected. One’s own by anyone; another’s by a moderator, who names its owner in userId where it is not on the roster.',
  bearer: true,
  query: z.strictObject({
    userId: z.exactOptional(z.string().check(z.refine((id) => parseUserId(id).ok, 'Must be a user id.'))),
  }),
  answers: { 204: { description: 'The participant has ended, now or before.' } },
  codes: [
    'stage_not_found',
    'participant_not_found',
    'banned',
    'not_a_member',
    'not_a_moderator',
    'outranked',
    'conflict',
  ],
} as const satisfies Operation
