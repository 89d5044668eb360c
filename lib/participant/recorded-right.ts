import type { Right, StageRules } from '../grant/grant.ts'
import { rankOf, rightOf } from '../grant/right.ts'
import type { UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { EpochMs } from '../time.ts'
import type { Participant, RecordedRight, UserRecord } from './user-record.ts'

/** What is written down of a right when a token is minted for it: all that is known of the login once its bearer is gone. */
export function recordedRightOf(rules: StageRules, caller: Caller, right: Right): RecordedRight {
  const alone = rightOf(rules, caller, {})
  const login = alone?.source === 'default_role' ? undefined : alone
  const { role, source } = right
  return { role, source, ...(login !== undefined && { login: { role: login.role, source: login.source } }) }
}

/** The newest participant: what it says of the login is the latest that is known. */
const lastMinted = (record: UserRecord | undefined): Participant | undefined =>
  record?.participants.reduce<Participant | undefined>(
    (last, one) => (last === undefined || one.mintedAt >= last.mintedAt ? one : last),
    undefined,
  )

/** The latest that is known of a user's right: from their newest token, or from when they last acted on somebody. */
export interface LastShown {
  readonly at: EpochMs
  readonly role: string
  /** Absent where that was not recorded with the token. */
  readonly right?: RecordedRight
}

export function lastShown(record: UserRecord | undefined): LastShown | undefined {
  const minted = lastMinted(record)
  const shown = record?.shown
  if (shown !== undefined && shown.at >= (minted?.mintedAt ?? 0)) return { ...shown, role: shown.right.role }
  if (minted === undefined) return undefined
  return { at: minted.mintedAt, role: minted.role, ...(minted.right !== undefined && { right: minted.right }) }
}

/**
 * The rank of a user who is not calling: that of the role assigned to them, which alone decides where there is one, else
 * of the right they last showed, by a token or by acting on somebody; where that was an assigned role, of what is left
 * without it. Below every rank where nothing is known.
 */
export function recordedRank(rules: StageRules, userId: UserId, record: UserRecord | undefined): number {
  if (record?.assigned !== undefined) return rankOf(rules.roles, record.assigned.role)
  const last = lastShown(record)
  if (last === undefined) return Number.NEGATIVE_INFINITY
  if (last.right?.source !== 'assigned') return rankOf(rules.roles, last.right?.role ?? last.role)
  return rightWithoutRole(rules, userId, record)?.rank ?? Number.NEGATIVE_INFINITY
}

/** The user as their own login would show them, as far as that is recorded. */
export function recordedCaller(rules: StageRules, userId: UserId, record: UserRecord | undefined): Caller {
  const login = lastShown(record)?.right?.login
  return {
    issuer: '',
    userId,
    roles: [],
    stageGrants: login === undefined ? {} : { [rules.stageId]: login.role },
    isAdmin: false,
    stageIdPrefix: '',
    attributes: {},
    expiresAt: Number.POSITIVE_INFINITY,
  }
}

/** What a user would have without an assigned role, as far as is recorded. */
export const rightWithoutRole = (
  rules: StageRules,
  userId: UserId,
  record: UserRecord | undefined,
): Right | undefined => rightOf(rules, recordedCaller(rules, userId, record), {})
