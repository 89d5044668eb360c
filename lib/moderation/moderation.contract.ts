import * as z from 'zod/mini'
import type { Operation } from '../http/operation.ts'
import { PageQuery } from '../http/page.ts'
import { parseUserId } from '../ids.ts'
import { ExplainRequest, Explanation } from './explanation.schema.ts'
import {
  AuditList,
  BanAnswer,
  BanList,
  BanRequest,
  KickRequest,
  Member,
  MemberList,
  MemberRequest,
  PutOutAnswer,
} from './moderation.schema.ts'

const READS = ['stage_not_found', 'not_a_moderator'] as const
const ACTS = [...READS, 'user_not_found', 'outranked'] as const

export const listMembersOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/members',
  id: 'listMembers',
  summary: 'List members',
  description: 'Users with an assigned role, by user id. A change shows after a moment.',
  bearer: true,
  query: PageQuery,
  answers: { 200: { description: 'One page of members.', body: MemberList } },
  codes: [...READS, 'invalid_cursor'],
} as const satisfies Operation

export const assignRoleOperation = {
  method: 'PUT',
  path: '/v1/stages/{stageId}/members/{userId}',
  id: 'assignRole',
  summary: 'Assign a role',
  description:
    'Of somebody who is live: promotes or demotes. A raised right holds at once; whoever has less from now on gets a new token from …/token and is disconnected if they still use the old one at the deadline.',
  bearer: true,
  body: MemberRequest,
  answers: {
    200: { description: 'The role is another now, or still this one.', body: Member },
    201: { description: 'The user is a member now.', body: Member },
  },
  codes: [...ACTS, 'role_not_allowed'],
} as const satisfies Operation

export const removeRoleOperation = {
  method: 'DELETE',
  path: '/v1/stages/{stageId}/members/{userId}',
  id: 'removeRole',
  summary: 'Take an assigned role away',
  description:
    'What is left is what the login or the stage gives, as far as is recorded; where that is nothing, the user’s participants end.',
  bearer: true,
  answers: { 204: { description: 'The user has no assigned role.' } },
  codes: ACTS,
} as const satisfies Operation

export const kickOperation = {
  method: 'POST',
  path: '/v1/stages/{stageId}/members/{userId}/kick',
  id: 'kick',
  summary: 'Put a user out',
  description:
    'Ends every participant the user holds, of all slots. Not a ban: they may join again, after the cool-down where there is one.',
  bearer: true,
  body: KickRequest,
  answers: { 200: { description: 'What was done at once, and what is under way.', body: PutOutAnswer } },
  codes: ACTS,
} as const satisfies Operation

export const listBansOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/bans',
  id: 'listBans',
  summary: 'List bans',
  description:
    'Bans that are not over, by user id. A page may hold fewer than asked for. A change shows after a moment.',
  bearer: true,
  query: PageQuery,
  answers: { 200: { description: 'One page of bans.', body: BanList } },
  codes: [...READS, 'invalid_cursor'],
} as const satisfies Operation

export const banOperation = {
  method: 'PUT',
  path: '/v1/stages/{stageId}/bans/{userId}',
  id: 'ban',
  summary: 'Ban a user',
  description: 'Refuses the user from the next request on, and ends every participant they hold.',
  bearer: true,
  body: BanRequest,
  answers: {
    200: { description: 'The ban is this one now.', body: BanAnswer },
    201: { description: 'The user is banned now.', body: BanAnswer },
  },
  codes: ACTS,
} as const satisfies Operation

export const unbanOperation = {
  method: 'DELETE',
  path: '/v1/stages/{stageId}/bans/{userId}',
  id: 'unban',
  summary: 'Lift a ban',
  description: 'And the cool-down of a kick. Participants that have ended stay ended: the user joins anew.',
  bearer: true,
  answers: { 204: { description: 'The user is not banned.' } },
  codes: ACTS,
} as const satisfies Operation

export const explainUserOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/explain',
  id: 'explainUser',
  summary: 'Explain what a user may do',
  description: 'A dry run of the policy on what is recorded, with the rule that answered and how old each fact is.',
  bearer: true,
  query: z.strictObject({ userId: z.string().check(z.refine((id) => parseUserId(id).ok, 'Must be a user id.')) }),
  answers: { 200: { description: 'What the policy says now.', body: Explanation } },
  codes: READS,
} as const satisfies Operation

export const explainClaimsOperation = {
  method: 'POST',
  path: '/v1/stages/{stageId}/explain',
  id: 'explainClaims',
  summary: 'Explain what a login would be given',
  description: 'For admins: a dry run of the policy on claims as a login would carry them. No signature is looked at.',
  bearer: true,
  body: ExplainRequest,
  answers: { 200: { description: 'What the policy says of it now.', body: Explanation } },
  codes: [...READS, 'not_an_admin'],
} as const satisfies Operation

const instant = z.exactOptional(z.iso.datetime())

export const listAuditOperation = {
  method: 'GET',
  path: '/v1/stages/{stageId}/audit',
  id: 'listAudit',
  summary: 'List who did what to whom',
  description: 'Newest first. Role changes, kicks, bans and disconnects, by whom and by which rule.',
  bearer: true,
  query: z.strictObject({ ...PageQuery.def.shape, from: instant, to: instant }),
  answers: { 200: { description: 'One page of the audit.', body: AuditList } },
  codes: [...READS, 'invalid_cursor'],
} as const satisfies Operation
