import type { AuditEntry } from '../audit/audit-store.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result } from '../result.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { type ModerationCall, type ModerationDeps, moderating } from './moderating.ts'
import type { BannedUser, Listed, ListPage, Member } from './standing-lists.ts'

/** Users with an assigned role, for whoever moderates the stage. */
export async function listMembers(
  deps: ModerationDeps,
  call: ModerationCall,
  page: ListPage,
): Promise<Result<Listed<Member>, Refusal>> {
  const opened = await moderating(deps, call)
  return opened.ok ? ok(await deps.lists.members(opened.value.stage.uid, page)) : opened
}

/** Users whose ban is not over, for whoever moderates the stage. */
export async function listBans(
  deps: ModerationDeps,
  call: ModerationCall,
  page: ListPage,
): Promise<Result<Listed<BannedUser>, Refusal>> {
  const opened = await moderating(deps, call)
  return opened.ok ? ok(await deps.lists.bans(opened.value.stage.uid, page, secondsOf(call.now))) : opened
}

/** What was done to whom, newest first, for whoever moderates the stage. */
export async function listAudit(
  deps: ModerationDeps,
  call: ModerationCall,
  range: { readonly from?: EpochMs; readonly to?: EpochMs },
  page: { readonly limit: number; readonly after?: string },
): Promise<Result<{ readonly items: readonly AuditEntry[]; readonly next?: string }, Refusal>> {
  const opened = await moderating(deps, call)
  return opened.ok ? ok(await deps.audit.list(opened.value.stage.uid, range, page)) : opened
}
