import { isSubset } from '../grant/right.ts'
import type { Capability } from '../grant/role.ts'
import type { ParticipantId } from '../ids.ts'
import { type EpochMs, msOf } from '../time.ts'
import { nextVersion } from './admit.ts'
import { type Moderated, mayBeThere } from './moderate.ts'
import { lastRefresh, type Narrowing, type Participant, type UserRecord } from './user-record.ts'

/** What the user may do once the role is changed. Absent: they have no right left, as far as is known. */
export interface RightNow {
  readonly role: string
  readonly capabilities: readonly Capability[]
}

export interface RoleChanged extends Moderated {
  /** Those that stay with less, as they are recorded now. */
  readonly demoted: readonly Participant[]
}

/** Assigns a role. The same role again keeps its instant: it is one happening, however often told. */
export function assign(
  record: UserRecord,
  order: { readonly by: string; readonly deadlineSeconds: number },
  right: RightNow,
  now: EpochMs,
): RoleChanged {
  const { unassigned: _, ...rest } = record
  const { by, deadlineSeconds } = order
  const again = record.assigned?.role === right.role
  const assigned = again && record.assigned ? record.assigned : { role: right.role, by, at: now }
  return boundBy({ ...rest, assigned }, right, deadlineSeconds, now)
}

/** Takes the assigned role away; what is left is what the login or the stage gives, as far as is recorded. */
export function unassign(
  record: UserRecord,
  order: { readonly by: string; readonly deadlineSeconds: number },
  right: RightNow | undefined,
  now: EpochMs,
): RoleChanged {
  const { assigned, ...rest } = record
  const unassigned = assigned === undefined ? record.unassigned : { role: assigned.role, by: order.by, at: now }
  return boundBy({ ...rest, ...(unassigned !== undefined && { unassigned }) }, right, order.deadlineSeconds, now)
}

/** Records what each participant may do from now on. Who can do nothing any more, or cannot exchange its token, is ended. */
function boundBy(record: UserRecord, right: RightNow | undefined, deadlineSeconds: number, now: EpochMs): RoleChanged {
  const connected = [...record.connected.main, ...record.connected.screen]
  const until = now + msOf(deadlineSeconds)
  const bound = record.participants.map((before) => ({ before, after: bind(before, right, until, now) }))
  const gone = bound.filter(({ after }) => after === 'ended').map(({ before }) => before.id)
  const kept = ids(gone)
  const participants = bound.flatMap(({ before, after }) => {
    if (after !== 'ended') return [after]
    // Without its placeholder, a token that IVS is being asked for right now is not handed out.
    return before.reserved ? [] : [{ ...before, ended: before.ended ?? ('demoted' as const) }]
  })
  return {
    record: {
      ...record,
      version: nextVersion(record, now),
      participants,
      live: { main: record.live.main.filter(kept), screen: record.live.screen.filter(kept) },
      connected: { main: record.connected.main.filter(kept), screen: record.connected.screen.filter(kept) },
    },
    out: bound
      .filter(({ before, after }) => after === 'ended' && mayBeThere(before, connected, now))
      .map(({ before }) => before),
    connected: connected.filter((id) => gone.includes(id)),
    demoted: participants.filter(
      (one) => one.ended === undefined && isOverstepping(one, right, now) && mayBeThere(one, connected, now),
    ),
  }
}

const ids =
  (gone: readonly ParticipantId[]) =>
  (id: ParticipantId): boolean =>
    !gone.includes(id)

/** `ended` also for one that an earlier attempt at this very change had ended: it is told again. */
function bind(one: Participant, right: RightNow | undefined, until: EpochMs, now: EpochMs): Participant | 'ended' {
  const allowed = right?.capabilities ?? []
  if (one.ended !== undefined) return one.ended === 'demoted' && !isSubset(one.capabilities, allowed) ? 'ended' : one
  if (right === undefined) return 'ended'
  if (isSubset(one.capabilities, allowed)) return isBackInTime(one, allowed, now) ? restored(one, right) : one
  const capabilities = one.capabilities.filter((capability) => allowed.includes(capability))
  if (capabilities.length === 0 || one.keyId === undefined) return 'ended'
  const borne = [...new Set([...one.capabilities, ...(one.grace?.capabilities ?? [])])].sort()
  const narrowing = within(one.narrowing, right)
  return {
    ...one,
    role: right.role,
    capabilities,
    narrowing,
    grace: { capabilities: borne, until, ...lastRefresh(one) },
  }
}

/** Demoted and promoted again before the deadline: its token never changed. */
const isBackInTime = ({ grace }: Participant, allowed: readonly Capability[], now: EpochMs): boolean =>
  grace !== undefined && now < grace.until && isSubset(grace.capabilities, allowed)

function restored({ grace, ...one }: Participant, { role }: RightNow): Participant {
  return { ...one, role, capabilities: grace?.capabilities ?? one.capabilities }
}

/** After its deadline a demotion is told again for so long: whoever repeats a request that failed does so by then. */
const RETOLD_MS = 60_000

/** Its token may still allow more than the right does. */
const isOverstepping = ({ grace }: Participant, right: RightNow | undefined, now: EpochMs): boolean =>
  grace !== undefined && now < grace.until + RETOLD_MS && !isSubset(grace.capabilities, right?.capabilities ?? [])

/** What the join asked for, where it is no more than the right: else a refresh that repeats it would be refused. */
function within({ role, capabilities = [] }: Narrowing, right: RightNow): Narrowing {
  const left = capabilities.filter((capability) => right.capabilities.includes(capability))
  return { ...(role === right.role && { role }), ...(left.length > 0 && { capabilities: left }) }
}
