import type { Operation } from '../http/operation.ts'
import { StageAnswer } from './stage-answer.schema.ts'

export const readStageOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}',
  id: 'readStage',
  summary: 'Read a stage',
  description: 'What is going on there, and what the caller may do. Takes a current right on the stage.',
  bearer: true,
  headers: ['If-None-Match'],
  answers: {
    200: { description: 'The stage.', body: StageAnswer, headers: ['ETag'] },
    304: { description: 'It has not changed.', headers: ['ETag'] },
  },
  codes: ['stage_not_found', 'banned', 'not_a_member', 'stage_closed'],
} as const satisfies Operation
