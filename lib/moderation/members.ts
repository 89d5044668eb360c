import { auditEntryOf } from '../audit/audit-entry.ts'
import { happeningId } from '../domain-event/event-id.ts'
import { endingsOf } from '../ending/endings-of.ts'
import { mayAssign } from '../grant/acting.ts'
import { rankOf, roleNamed } from '../grant/right.ts'
import type { UserId } from '../ids.ts'
import { assign, type RoleChanged, unassign } from '../participant/change-role.ts'
import { rightWithoutRole } from '../participant/recorded-right.ts'
import { emptyRecord, type UserRecord } from '../participant/user-record.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { EpochMs } from '../time.ts'
import {
  changeUser,
  type Moderating,
  type ModerationCall,
  type ModerationDeps,
  moderating,
  writeDown,
} from './moderating.ts'
import { DEFAULT_DEADLINE_SECONDS } from './moderation.schema.ts'
import { demotionsOf, disconnectNow } from './put-off.ts'

export interface Assigned {
  readonly assigned: NonNullable<UserRecord['assigned']>
  readonly isNew: boolean
}

/**
 * Assigns a role; of somebody who is live, that is to promote or demote. Raised rights hold at once; whoever has less from
 * now on is to exchange their token before the deadline, or is disconnected.
 */
export async function assignRole(
  deps: ModerationDeps,
  call: ModerationCall,
  userId: UserId,
  request: { readonly role: string; readonly deadlineSeconds?: number },
): Promise<Result<Assigned, Refusal>> {
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { stage, rules, actor, now } = opened.value
  const role = roleNamed(rules.roles, request.role)
  if (role === undefined) return refuse(UNKNOWN_ROLE)
  const allowed = mayAssign(actor, rankOf(rules.roles, request.role))
  if (!allowed.ok) return allowed
  const order = { by: actor.caller.userId, deadlineSeconds: request.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS }
  const right = { role: request.role, capabilities: role.capabilities }
  const changed = await changeUser(deps, opened.value, userId, (seen) =>
    ok(assign(seen ?? emptyRecord(stage.generation.number), order, right, now)),
  )
  if (!changed.ok) return changed
  const { assigned } = changed.value.record
  if (assigned === undefined) throw new Error('an assignment left no role')
  const previous = changed.value.before?.assigned?.role
  await tell(deps, opened.value, userId, changed.value, { ...assigned, previous: nameUnless(previous, assigned.role) })
  return ok({ assigned, isNew: previous === undefined })
}

/** On a repeated request the role before is the very one that is assigned. */
const nameUnless = (previous: string | undefined, role: string): string | undefined =>
  previous === role ? undefined : previous

const UNKNOWN_ROLE: Refusal = {
  code: 'invalid_request',
  errors: [{ pointer: '/role', code: 'unknown_role', detail: 'There is no such role on this stage.' }],
}

/**
 * Takes an assigned role away. Participants end where no right remains, as far as is recorded. There being none is no failure.
 * Where what remains is above the actor's own rank, to give it back is not theirs: `role_not_allowed`.
 */
export async function removeRole(
  deps: ModerationDeps,
  call: ModerationCall,
  userId: UserId,
): Promise<Result<true, Refusal>> {
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { rules, actor, now } = opened.value
  const order = { by: actor.caller.userId, deadlineSeconds: DEFAULT_DEADLINE_SECONDS }
  const changed = await changeUser(deps, opened.value, userId, (seen): Result<Partial<RoleChanged>, Refusal> => {
    if (seen === undefined || (seen.assigned === undefined && seen.unassigned === undefined)) return ok({})
    const left = rightWithoutRole(rules, userId, seen)
    const allowed = seen.assigned === undefined ? ok(true) : mayAssign(actor, left?.rank ?? Number.NEGATIVE_INFINITY)
    return allowed.ok ? ok(unassign(seen, order, left, now)) : allowed
  })
  if (!changed.ok) return changed
  const { record, out = [], connected = [], demoted = [] } = changed.value
  const gone = record?.unassigned
  if (record === undefined || gone === undefined) return ok(true)
  const { by, at, role: previous } = gone
  await tell(deps, opened.value, userId, { record, out, connected, demoted }, { by, at, previous })
  return ok(true)
}

interface Change {
  readonly by: string
  readonly at: EpochMs
  /** Absent: taken away. */
  readonly role?: string
  readonly previous?: string | undefined
}

async function tell(
  deps: ModerationDeps,
  opened: Moderating,
  userId: UserId,
  changed: RoleChanged,
  { by, at, role, previous }: Change,
): Promise<void> {
  const { stage, now } = opened
  const { stageId, uid: stageUid } = stage
  const roles = { ...(role !== undefined && { role }), ...(previous !== undefined && { previousRole: previous }) }
  const action = role === undefined ? 'role_removed' : 'role_assigned'
  const id = happeningId([stageUid, 'role.changed', userId, at, role ?? ''])
  const endings = endingsOf(stage, userId, changed.out, 'demoted')
  await Promise.all([
    disconnectNow(deps, endings, changed.connected),
    writeDown(deps, opened, auditEntryOf(opened, { by, at }, { action, userId, ...roles })),
    deps.endings.send(endings),
    deps.endings.demote(demotionsOf(stage, userId, changed.demoted, now)),
    deps.events.publish([{ name: 'role.changed', id, at, stageId, stageUid, userId, by, ...roles }]),
  ])
}
