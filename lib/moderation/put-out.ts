import { auditEntryOf } from '../audit/audit-entry.ts'
import type { DomainEvent } from '../domain-event/domain-event.ts'
import { happeningId } from '../domain-event/event-id.ts'
import { endingsOf, lingeringOf, watchingOf } from '../ending/endings-of.ts'
import { mayOverrule, rankOfActor } from '../grant/acting.ts'
import type { UserId } from '../ids.ts'
import { ban, kick, unban } from '../participant/moderate.ts'
import { emptyRecord, type StoredBan, type UserRecord } from '../participant/user-record.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochMs, isoOfSeconds, secondsOf } from '../time.ts'
import {
  changeUser,
  type Moderating,
  type ModerationCall,
  type ModerationDeps,
  moderating,
  writeDown,
} from './moderating.ts'
import type { BanRequest, KickRequest, PutOutAnswer } from './moderation.schema.ts'
import { disconnectNow } from './put-off.ts'

/** Ends every id a user holds. Not a ban: they may come back at once, or after the cool-down. */
export async function kickUser(
  deps: ModerationDeps,
  call: ModerationCall,
  userId: UserId,
  { reason, cooldownSeconds }: KickRequest,
): Promise<Result<PutOutAnswer, Refusal>> {
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { stage, actor, now } = opened.value
  const until = cooldownSeconds === undefined ? undefined : secondsOf(now) + cooldownSeconds
  const coolDown = until === undefined ? undefined : { until, rank: rankOfActor(actor) }
  const changed = await changeUser(deps, opened.value, userId, (seen) => {
    if (seen === undefined) return refuse({ code: 'user_not_found' })
    const standing = runningCoolDown(seen, now)
    const kept = standing !== undefined && !mayOverrule(actor, standing).ok ? standing : coolDown
    return ok(kick(seen, kept, now))
  })
  if (!changed.ok) return changed
  const entry = auditEntryOf(
    opened.value,
    { by: actor.caller.userId, at: now },
    {
      ...{ action: 'kicked', userId },
      ...(until !== undefined && { until: isoOfSeconds(until) }),
      ...(reason !== undefined && { reason }),
    },
  )
  const endings = endingsOf(stage, userId, changed.value.out, 'kicked')
  const lingering = lingeringOf(stage, userId, changed.value.lingering, 'kicked')
  const [answer] = await Promise.all([
    disconnectNow(deps, endings, changed.value.connected),
    writeDown(deps, opened.value, entry),
    deps.endings.send([...endings, ...lingering]),
    deps.endings.watch(watchingOf(stage, userId, changed.value.record.pruned, 'kicked')),
  ])
  return ok(answer)
}

const runningCoolDown = ({ putOut }: UserRecord, now: EpochMs) =>
  putOut?.coolDown !== undefined && putOut.coolDown.until > secondsOf(now) ? putOut.coolDown : undefined

export interface Banned extends PutOutAnswer {
  readonly ban: StoredBan
  readonly isNew: boolean
}

/** Refuses a user from now on, and ends every id they hold. Somebody who was never here can be banned too. */
export async function banUser(
  deps: ModerationDeps,
  call: ModerationCall,
  userId: UserId,
  request: BanRequest,
): Promise<Result<Banned, Refusal>> {
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { stage, actor, now } = opened.value
  if (request.until !== undefined && request.until <= secondsOf(now)) return refuse(NOT_IN_THE_FUTURE)
  const order = { by: actor.caller.userId, rank: rankOfActor(actor), ...request }
  const changed = await changeUser(deps, opened.value, userId, (seen) => {
    const standing = runningBan(seen, now)
    const allowed = mayOverrule(actor, standing)
    return allowed.ok ? ok(ban(seen ?? emptyRecord(stage.generation.number), order, now)) : allowed
  })
  if (!changed.ok) return changed
  const made = changed.value.record.ban
  if (made === undefined) throw new Error('a ban left no ban')
  const until = made.until === undefined ? {} : { until: isoOfSeconds(made.until) }
  const reason = made.reason === undefined ? {} : { reason: made.reason }
  const entry = auditEntryOf(opened.value, made, { action: 'banned', userId, ...until, ...reason })
  const endings = endingsOf(stage, userId, changed.value.out, 'banned')
  const lingering = lingeringOf(stage, userId, changed.value.lingering, 'banned')
  const [answer] = await Promise.all([
    disconnectNow(deps, endings, changed.value.connected),
    writeDown(deps, opened.value, entry),
    deps.endings.send([...endings, ...lingering]),
    deps.endings.watch(watchingOf(stage, userId, changed.value.record.pruned, 'banned')),
    deps.events.publish([banEvent(opened.value, 'user.banned', userId, made, until)]),
  ])
  return ok({ ...answer, ban: made, isNew: runningBan(changed.value.before, now) === undefined })
}

const NOT_IN_THE_FUTURE: Refusal = {
  code: 'invalid_request',
  errors: [{ pointer: '/until', code: 'too_small', detail: 'Must be in the future.' }],
}

const runningBan = (record: UserRecord | undefined, now: EpochMs): StoredBan | undefined =>
  record?.ban !== undefined && (record.ban.until ?? Number.POSITIVE_INFINITY) > secondsOf(now) ? record.ban : undefined

/** Lifts a ban, and the cool-down of a kick. Ids that ended stay ended. There being none is no failure. */
export async function unbanUser(
  deps: ModerationDeps,
  call: ModerationCall,
  userId: UserId,
): Promise<Result<true, Refusal>> {
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { actor, now } = opened.value
  const changed = await changeUser(deps, opened.value, userId, (seen): Result<{ record?: UserRecord }, Refusal> => {
    if (seen === undefined) return ok({})
    for (const standing of [runningBan(seen, now), runningCoolDown(seen, now)]) {
      const allowed = mayOverrule(actor, standing)
      if (!allowed.ok) return allowed
    }
    const nothing = seen.ban === undefined && seen.putOut?.coolDown === undefined
    return ok(nothing ? {} : { record: unban(seen, actor.caller.userId, now) })
  })
  if (!changed.ok) return changed
  // Where there is nothing left to lift, an earlier attempt may have done it and not got round to telling.
  const lifted = (changed.value.record ?? changed.value.before)?.unbanned
  if (lifted === undefined) return ok(true)
  await Promise.all([
    writeDown(deps, opened.value, auditEntryOf(opened.value, lifted, { action: 'unbanned', userId })),
    deps.events.publish([banEvent(opened.value, 'user.unbanned', userId, lifted, {})]),
  ])
  return ok(true)
}

function banEvent(
  { stage }: Moderating,
  name: 'user.banned' | 'user.unbanned',
  userId: UserId,
  { by, at }: { readonly by: string; readonly at: EpochMs },
  until: { readonly until?: string },
): DomainEvent {
  const { stageId, uid: stageUid } = stage
  return { name, id: happeningId([stageUid, name, userId, at]), at, stageId, stageUid, userId, by, ...until }
}
