import { decideGrant, type PolicyRefusal } from '../grant/decide-grant.ts'
import type { Grant, Right, RightSource, StageRules } from '../grant/grant.ts'
import { rightOf } from '../grant/right.ts'
import type { Caller } from '../login/caller.ts'
import { standingOf } from '../participant/admission.ts'
import type { UserRecord } from '../participant/user-record.ts'
import type { Stage } from '../stage/stage.ts'
import { type EpochMs, isoOfMs, isoOfSeconds, secondsOf } from '../time.ts'
import type { Explanation } from './explanation.schema.ts'

type Facts = Explanation['facts']

export interface Explaining {
  readonly stage: Stage
  readonly rules: StageRules
  readonly now: EpochMs
}

export interface Subject {
  readonly caller: Caller
  readonly record: UserRecord | undefined
  readonly login?: Facts['login']
  /** A recorded login is played back as a grant for this very stage; this is where it really came from. */
  readonly recordedSource?: RightSource
}

/** The policy's answer to a plain join, with the rule that made it and all that it looked at. */
export function explanation({ stage, rules, now }: Explaining, subject: Subject): Explanation {
  const { caller, record, login, recordedSource } = subject
  const standing = standingOf(record)
  const decided = decideGrant(rules, caller, standing, {}, secondsOf(now))
  const right = rightOf(rules, caller, standing)
  return {
    userId: caller.userId,
    ...(decided.ok ? grantedBy(decided.value) : refusedBy(decided.refusal)),
    ...(right !== undefined && { right: shown(right, recordedSource) }),
    facts: { stage: stageFacts(stage, now), ...(login !== undefined && { login }), ...recordFacts(record, now) },
    at: isoOfMs(now),
  }
}

/** Refused before there was anyone to ask the policy about. */
export const refusedAtLogin = ({ stage, now }: Explaining, rule: string, code: string): Explanation => ({
  ...{ decision: 'refused', rule, code, facts: { stage: stageFacts(stage, now) }, at: isoOfMs(now) },
})

const grantedBy = ({ role, capabilities, duration }: Grant) => ({
  decision: 'granted' as const,
  rule: 'granted',
  grant: { role, capabilities: [...capabilities], duration },
})

function refusedBy({ rule, refusal }: PolicyRefusal) {
  const until = refusal.code === 'banned' && refusal.until !== undefined ? { until: isoOfSeconds(refusal.until) } : {}
  return { decision: 'refused' as const, rule, code: refusal.code, ...until }
}

const shown = ({ role, rank, source }: Right, recorded: RightSource | undefined) => ({
  ...{ role, rank, source: source === 'login_stage' && recorded !== undefined ? recorded : source },
})

const stageFacts = ({ access, defaultRole, updatedAt }: Stage, now: EpochMs): Facts['stage'] => ({
  ...{ access, defaultRole, changedAt: isoOfMs(updatedAt), ageSeconds: ageOf(updatedAt, now) },
})

function recordFacts(record: UserRecord | undefined, now: EpochMs): Omit<Facts, 'stage' | 'login'> {
  const { assigned, ban, putOut } = record ?? {}
  const since = (at: EpochMs) => ({ at: isoOfMs(at), ageSeconds: ageOf(at, now) })
  const end = (until: number | undefined) => (until === undefined ? {} : { until: isoOfSeconds(until) })
  const coolDown = putOut?.coolDown
  return {
    ...(assigned && { assigned: { role: assigned.role, by: assigned.by, ...since(assigned.at) } }),
    ...(ban && { ban: { ...end(ban.until), rank: ban.rank, by: ban.by, ...since(ban.at) } }),
    ...(putOut &&
      coolDown && { coolDown: { until: isoOfSeconds(coolDown.until), rank: coolDown.rank, ...since(putOut.at) } }),
  }
}

export const ageOf = (at: EpochMs, now: EpochMs): number => Math.max(0, secondsOf(now) - secondsOf(at))
