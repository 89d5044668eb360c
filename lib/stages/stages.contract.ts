import type { Operation } from '../http/operation.ts'
import { PageQuery } from '../http/page.ts'
import { StageList, StageSettings } from './stage-settings.schema.ts'
import { CreateStageRequest, PatchStageRequest } from './stages.schema.ts'

export const createStageOperation = {
  method: 'POST',
  path: '/v1/stages',
  id: 'createStage',
  summary: 'Create or adopt a stage',
  description: 'Creates an IVS stage, or adopts the one named by stageArn, and the record behind the stageId.',
  bearer: true,
  body: CreateStageRequest,
  answers: { 201: { description: 'The stage.', body: StageSettings, headers: ['ETag', 'Location'] } },
  codes: ['not_an_admin', 'stage_not_found', 'stage_exists', 'conflict', 'ivs_error', 'quota_backoff'],
} as const satisfies Operation

export const listStagesOperation = {
  method: 'GET',
  path: '/v1/stages',
  id: 'listStages',
  summary: 'List stages',
  description: 'The stages within the prefix of the caller’s issuer, by stageId.',
  bearer: true,
  query: PageQuery,
  answers: { 200: { description: 'One page of stages.', body: StageList } },
  codes: ['not_an_admin', 'invalid_cursor'],
} as const satisfies Operation

export const patchStageOperation = {
  method: 'PATCH',
  path: '/v1/stages/{stageId}',
  id: 'patchStage',
  summary: 'Change a stage',
  description: 'A JSON merge patch (RFC 7396): null removes a field, which puts its default back where it has one.',
  bearer: true,
  body: PatchStageRequest,
  headers: ['If-Match'],
  answers: { 200: { description: 'The stage as it is now.', body: StageSettings, headers: ['ETag'] } },
  codes: ['not_an_admin', 'stage_not_found', 'precondition_failed', 'conflict', 'ivs_error', 'quota_backoff'],
} as const satisfies Operation

export const deleteStageOperation = {
  method: 'DELETE',
  path: '/v1/stages/{stageId}',
  id: 'deleteStage',
  summary: 'Delete a stage',
  description: 'Everyone out, the IVS stage and the record gone. The same stageId created again starts empty.',
  bearer: true,
  headers: ['If-Match'],
  answers: { 204: { description: 'There is no such stage any more, or there never was.' } },
  codes: ['not_an_admin', 'precondition_failed', 'conflict', 'ivs_error', 'quota_backoff'],
} as const satisfies Operation

export const resetStageOperation = {
  method: 'POST',
  path: '/v1/stages/{stageId}/reset',
  id: 'resetStage',
  summary: 'Reset a stage',
  description:
    'A new IVS stage behind the same stageId, the old one deleted: everyone out, every old token dead, members and bans kept.',
  bearer: true,
  answers: { 200: { description: 'The stage as it is now.', body: StageSettings, headers: ['ETag'] } },
  codes: ['not_an_admin', 'stage_not_found', 'conflict', 'ivs_error', 'quota_backoff'],
} as const satisfies Operation
