import type { Caller } from '../login/caller.ts'
import type { FieldError, Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochSeconds, type Minutes, SECONDS_PER_MINUTE } from '../time.ts'
import { attributesBytes, MAX_ATTRIBUTES_BYTES } from '../token/attributes.ts'
import type { Ban, Grant, GrantRequest, Right, RuleName, StageRules, Standing } from './grant.ts'
import { isSubset, rightOf, roleNamed } from './right.ts'
import { MODERATOR_RANK, type Role } from './role.ts'

/** A refusal and the rule that made it. */
export interface PolicyRefusal {
  readonly rule: RuleName
  readonly refusal: Refusal | { readonly code: 'login_expired' }
}

/** The one attribute every token carries: clients and composition layouts may rely on it being ours. */
export const ROLE_ATTRIBUTE = 'role'

/**
 * Whether this caller gets a participant token for this stage, and exactly which. Pure; the first rule that answers wins.
 * The request can only narrow: what lies outside the right is refused, never silently cut.
 * @param now Unix seconds
 */
export function decideGrant(
  rules: StageRules,
  caller: Caller,
  standing: Standing,
  request: GrantRequest,
  now: EpochSeconds,
): Result<Grant, PolicyRefusal> {
  const right = rightOf(rules, caller, standing)
  const ban = bindingBan(standing.ban, right, now)
  if (ban !== undefined) return no('banned', banned(ban))
  const coolDown = bindingBan(standing.coolDown, right, now)
  if (coolDown !== undefined) return no('cooling_down', banned(coolDown))
  if (right === undefined) return no('no_right', { code: 'not_a_member' })
  if (rules.access === 'closed' && right.rank < MODERATOR_RANK) return no('stage_closed', { code: 'stage_closed' })
  if (minutesUntil(rules.endsAt, now) < 1) return no('stage_ended', { code: 'stage_closed' })

  const name = request.role ?? right.role
  const role = roleWithin(rules, right, name)
  if (role === undefined) return no('role_outside_right', { code: 'role_not_allowed' })
  const capabilities = request.capabilities ?? role.capabilities
  if (!isSubset(capabilities, role.capabilities) || capabilities.length === 0) {
    return no('capability_outside_role', { code: 'capability_not_allowed' })
  }

  const callerAttributes = request.attributes ?? {}
  const foreign = Object.keys(callerAttributes).filter((key) => !role.callerAttributes.includes(key))
  if (foreign.length > 0) return no('attribute_not_settable', invalid(foreign.map(notSettable)))
  const attributes = attributesFor(callerAttributes, caller, name)
  if (attributesBytes(attributes) > MAX_ATTRIBUTES_BYTES) return no('attributes_too_large', invalid([tooLarge]))

  const duration = durationOf(rules, role, caller, request.duration, now)
  if (duration < 1) return no('login_too_short', { code: 'login_expired' })
  return ok({ role: name, capabilities: inOrder(capabilities), duration, callerAttributes, attributes, right })
}

/** The ban, if it binds: until its end (exclusive), and only callers whose right does not outrank whoever made it. */
export function bindingBan(ban: Ban | undefined, right: Right | undefined, now: EpochSeconds): Ban | undefined {
  if (ban === undefined || (ban.until !== undefined && ban.until <= now)) return undefined
  return right === undefined || right.rank <= ban.rank ? ban : undefined
}

const banned = (ban: Ban): Refusal =>
  ban.until === undefined ? { code: 'banned' } : { code: 'banned', until: ban.until }

/**
 * The role asked for, if it is one that lies within the right in rank and in capabilities. Where a lower role is laxer in
 * something else, the right's own bound stays: asking for less never gives more.
 */
function roleWithin(rules: StageRules, right: Right, name: string): Role | undefined {
  const role = roleNamed(rules.roles, name)
  const own = roleNamed(rules.roles, right.role)
  if (role === undefined || own === undefined) return undefined
  if (name === right.role) return role
  if (role.rank > right.rank || !isSubset(role.capabilities, right.capabilities)) return undefined
  return {
    ...role,
    maxDuration: Math.min(role.maxDuration, own.maxDuration),
    callerAttributes: role.callerAttributes.filter((key) => own.callerAttributes.includes(key)),
  }
}

/** Server-owned attributes come last and so always win. */
export function attributesFor(
  callerAttributes: Readonly<Record<string, string>>,
  caller: Caller,
  role: string,
): Readonly<Record<string, string>> {
  return { ...callerAttributes, ...caller.attributes, [ROLE_ATTRIBUTE]: role }
}

function durationOf(
  rules: StageRules,
  role: Role,
  caller: Caller,
  requested: Minutes | undefined,
  now: EpochSeconds,
): Minutes {
  const asked = requested ?? role.defaultDuration
  const ownLife = rules.boundByLogin ? minutesUntil(caller.expiresAt, now) : Number.POSITIVE_INFINITY
  return Math.min(asked, role.maxDuration, rules.maxDuration, minutesUntil(rules.endsAt, now), ownLife)
}

/** Whole minutes left, rounded down so that nothing made from them ends later than `instant`. */
const minutesUntil = (instant: EpochSeconds | undefined, now: EpochSeconds): Minutes =>
  instant === undefined ? Number.POSITIVE_INFINITY : Math.floor((instant - now) / SECONDS_PER_MINUTE)

/** One order for equal sets, so that grants can be compared. */
const inOrder = (capabilities: Grant['capabilities']): Grant['capabilities'] => [...capabilities].sort()

const no = (rule: RuleName, refusal: PolicyRefusal['refusal']): Result<never, PolicyRefusal> =>
  refuse({ rule, refusal })

const invalid = (errors: readonly FieldError[]): Refusal => ({ code: 'invalid_request', errors })

const notSettable = (key: string): FieldError => ({
  pointer: `/attributes/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  code: 'attribute_not_settable',
  detail: 'This role may not set this attribute.',
})

const tooLarge: FieldError = {
  pointer: '/attributes',
  code: 'too_large',
  detail: `All attributes together, the server's included, may take ${MAX_ATTRIBUTES_BYTES} bytes as JSON.`,
}
