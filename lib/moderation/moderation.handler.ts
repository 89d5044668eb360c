import * as z from 'zod/mini'
import { encodeCursor } from '../http/cursor.ts'
import { implement } from '../http/operation.ts'
import { pageOf } from '../http/page.ts'
import type { Answer, Routes } from '../http/route.ts'
import { parseUserId, type StageId, type UserId } from '../ids.ts'
import type { StoredBan, UserRecord } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { isoOfMs, isoOfSeconds } from '../time.ts'
import { explainClaims, explainUser } from './explain.ts'
import { listAudit, listBans, listMembers } from './lists.ts'
import { assignRole, removeRole } from './members.ts'
import type { ModerationCall, ModerationDeps } from './moderating.ts'
import {
  assignRoleOperation,
  banOperation,
  explainClaimsOperation,
  explainUserOperation,
  kickOperation,
  listAuditOperation,
  listBansOperation,
  listMembersOperation,
  removeRoleOperation,
  unbanOperation,
} from './moderation.contract.ts'
import type { Ban, Member } from './moderation.schema.ts'
import { banUser, kickUser, unbanUser } from './put-out.ts'

const UserPosition = z.pipe(
  z.string().check(z.refine((id) => parseUserId(id).ok)),
  z.transform((id): UserId => id as UserId),
)
const AuditPosition = z.string().check(z.regex(/^[0-9]{13}#[A-Za-z0-9-]{1,128}$/))

export function moderationRoutes(deps: ModerationDeps): Routes {
  return { ...memberRoutes(deps), ...banRoutes(deps), ...lookRoutes(deps) }
}

function memberRoutes(deps: ModerationDeps): Routes {
  return {
    ...implement(listMembersOperation, async (call) => {
      const page = pageOf(call.query, UserPosition)
      if (!page.ok) return page
      const listed = await listMembers(deps, callOf(call), page.value)
      if (!listed.ok) return listed
      const { items, next } = listed.value
      return shownPage(
        items.map(({ userId, assigned }) => memberShown(userId, assigned)),
        next,
      )
    }),

    ...implement(assignRoleOperation, async (call) => {
      const { userId } = call.path
      const done = await assignRole(deps, callOf(call), userId, call.body)
      if (!done.ok) return done
      const { assigned, isNew } = done.value
      return ok({ status: isNew ? 201 : 200, body: memberShown(userId, assigned) })
    }),

    ...implement(removeRoleOperation, async (call) => emptied(await removeRole(deps, callOf(call), call.path.userId))),

    ...implement(kickOperation, async (call) => {
      const kicked = await kickUser(deps, callOf(call), call.path.userId, call.body)
      return kicked.ok ? ok({ status: 200, body: kicked.value }) : kicked
    }),
  }
}

function banRoutes(deps: ModerationDeps): Routes {
  return {
    ...implement(listBansOperation, async (call) => {
      const page = pageOf(call.query, UserPosition)
      if (!page.ok) return page
      const listed = await listBans(deps, callOf(call), page.value)
      if (!listed.ok) return listed
      const { items, next } = listed.value
      return shownPage(
        items.map(({ userId, ban }) => banShown(userId, ban)),
        next,
      )
    }),

    ...implement(banOperation, async (call) => {
      const { userId } = call.path
      const done = await banUser(deps, callOf(call), userId, call.body)
      if (!done.ok) return done
      const { ban, isNew, ...putOut } = done.value
      return ok({ status: isNew ? 201 : 200, body: { ...banShown(userId, ban), ...putOut } })
    }),

    ...implement(unbanOperation, async (call) => emptied(await unbanUser(deps, callOf(call), call.path.userId))),
  }
}

function lookRoutes(deps: ModerationDeps): Routes {
  return {
    ...implement(explainUserOperation, async (call) => {
      const userId = parseUserId(call.query.userId)
      if (!userId.ok) return refuse({ code: 'user_not_found' })
      const explained = await explainUser(deps, callOf(call), userId.value)
      return explained.ok ? ok({ status: 200, body: explained.value }) : explained
    }),

    ...implement(explainClaimsOperation, async (call) => {
      const explained = await explainClaims(deps, callOf(call), call.body.claims)
      return explained.ok ? ok({ status: 200, body: explained.value }) : explained
    }),

    ...implement(listAuditOperation, async (call) => {
      const { from, to, ...rest } = call.query
      const page = pageOf(rest, AuditPosition)
      if (!page.ok) return page
      const range = {
        ...(from !== undefined && { from: Date.parse(from) }),
        ...(to !== undefined && { to: Date.parse(to) }),
      }
      const listed = await listAudit(deps, callOf(call), range, page.value)
      if (!listed.ok) return listed
      const { items, next } = listed.value
      return shownPage(
        items.map((entry) => ({ ...entry, at: isoOfMs(entry.at) })),
        next,
      )
    }),
  }
}

function callOf({
  path,
  caller,
  requestId,
  now,
  log,
}: Omit<ModerationCall, 'stageId'> & { readonly path: { readonly stageId: StageId } }): ModerationCall {
  return { stageId: path.stageId, caller, requestId, now, log }
}

const emptied = <R>(done: Result<true, R>): Result<Answer, R> => (done.ok ? ok({ status: 204 }) : done)

const shownPage = (items: readonly unknown[], next: string | undefined): Result<Answer, never> =>
  ok({ status: 200, body: { items, ...(next !== undefined && { nextCursor: encodeCursor(next) }) } })

const memberShown = (userId: UserId, { role, by, at }: NonNullable<UserRecord['assigned']>): Member => ({
  ...{ userId, role, by, at: isoOfMs(at) },
})

function banShown(userId: UserId, { until, reason, by, at }: StoredBan): Ban {
  return {
    userId,
    ...(until !== undefined && { until: isoOfSeconds(until) }),
    ...(reason !== undefined && { reason }),
    by,
    at: isoOfMs(at),
  }
}
