import * as z from 'zod/mini'
import type { Operation } from '../http/operation.ts'
import { PageQuery } from '../http/page.ts'
import { RosterOrAudience, SessionEventList, SessionList } from './roster-answer.schema.ts'

/** Publishers are one item and come whole. */
const onlyOfAudience = (name: 'limit' | 'cursor') =>
  z.refine<{ readonly audience?: string; readonly limit?: string; readonly cursor?: string }>(
    (query) => query.audience !== undefined || query[name] === undefined,
    { path: [name], message: 'Goes with audience=all alone.', params: { code: 'not_allowed' } },
  )

export const readRosterOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/participants',
  id: 'readRoster',
  summary: 'Who is on a stage',
  description:
    'Its publishers, and how many watch. Takes a current right on the stage. With audience=all a moderator pages through everyone who was connected at the last sweep.',
  bearer: true,
  query: z
    .strictObject({ ...PageQuery.def.shape, audience: z.exactOptional(z.literal('all')) })
    .check(onlyOfAudience('limit'), onlyOfAudience('cursor')),
  headers: ['If-None-Match'],
  answers: {
    200: { description: 'The roster.', body: RosterOrAudience, headers: ['ETag'] },
    304: { description: 'It has not changed.', headers: ['ETag'] },
  },
  codes: ['stage_not_found', 'banned', 'not_a_member', 'stage_closed', 'not_a_moderator', 'invalid_cursor'],
} as const satisfies Operation

export const listSessionsOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/sessions',
  id: 'listSessions',
  summary: 'The sessions of a stage',
  description: 'Newest first, from our own history.',
  bearer: true,
  query: PageQuery,
  answers: { 200: { description: 'One page of sessions.', body: SessionList } },
  codes: ['not_an_admin', 'stage_not_found', 'invalid_cursor'],
} as const satisfies Operation

export const listSessionEventsOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/sessions/{sessionId}/events',
  id: 'listSessionEvents',
  summary: 'What happened in a session',
  description: 'Oldest first, from our own history: each event once.',
  bearer: true,
  query: PageQuery,
  answers: { 200: { description: 'One page of events.', body: SessionEventList } },
  codes: ['not_an_admin', 'stage_not_found', 'invalid_cursor'],
} as const satisfies Operation
