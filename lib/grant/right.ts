import type { Caller } from '../login/caller.ts'
import type { Right, RightSource, StageRules, Standing } from './grant.ts'
import { MODERATOR_RANK, type Role, type Roles } from './role.ts'

const ANY_STAGE = '*'

/**
 * What this caller may have on this stage at most, or nothing. The first source that says anything answers: the assigned
 * role, the login's role for this stage, the login's role for any stage, the login's groups, the open stage's default.
 * A source that names an unknown role has answered with no right, so that a renamed role never falls through to a wider one.
 */
export function rightOf(rules: StageRules, caller: Caller, standing: Standing): Right | undefined {
  if (standing.assignedRole !== undefined) return asRight(rules.roles, standing.assignedRole, 'assigned')

  const exact = ownValue(caller.stageGrants, rules.stageId)
  if (exact !== undefined) return capped(rules.roles, caller, exact, 'login_stage')
  const anywhere = ownValue(caller.stageGrants, ANY_STAGE)
  if (anywhere !== undefined) return capped(rules.roles, caller, anywhere, 'login_any_stage')

  const fromGroups = highest(rules.roles, caller.roles)
  if (fromGroups !== undefined) return capped(rules.roles, caller, fromGroups, 'login_group')

  return rules.access === 'open' ? defaultRight(rules) : undefined
}

/** A default role may not moderate, whatever an override made of it since it was chosen. */
function defaultRight(rules: StageRules): Right | undefined {
  const right = asRight(rules.roles, rules.defaultRole, 'default_role')
  return right !== undefined && right.rank < MODERATOR_RANK ? right : undefined
}

/**
 * A login's role above the issuer's `maxRole` counts as `maxRole`; where that would add a capability the login's role does
 * not have, it is no right at all.
 */
function capped(roles: Roles, caller: Caller, name: string, source: RightSource): Right | undefined {
  const right = asRight(roles, name, source)
  if (right === undefined || caller.maxRole === undefined) return right
  const ceiling = asRight(roles, caller.maxRole, source)
  if (ceiling === undefined) return undefined
  if (right.rank <= ceiling.rank && isSubset(right.capabilities, ceiling.capabilities)) return right
  return isSubset(ceiling.capabilities, right.capabilities) && ceiling.rank <= right.rank ? ceiling : undefined
}

/** Groups that are no role here are other systems' business and are passed over; of the rest the highest rank counts. */
function highest(roles: Roles, names: readonly string[]): string | undefined {
  const known = names.filter((name) => roleNamed(roles, name) !== undefined)
  return known.reduce<string | undefined>(
    (best, name) => (best === undefined || rankOf(roles, name) > rankOf(roles, best) ? name : best),
    undefined,
  )
}

function asRight(roles: Roles, name: string, source: RightSource): Right | undefined {
  const role = roleNamed(roles, name)
  return role && { role: name, rank: role.rank, capabilities: role.capabilities, source }
}

/** Own properties only: a role called `constructor` is as unknown as any other. */
export const roleNamed = (roles: Roles, name: string): Role | undefined => ownValue(roles, name)

export const rankOf = (roles: Roles, name: string): number => roleNamed(roles, name)?.rank ?? Number.NEGATIVE_INFINITY

export const isSubset = <T>(some: readonly T[], all: readonly T[]): boolean => some.every((one) => all.includes(one))

const ownValue = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** Of attributes stored earlier, those that a caller with this role may set now. */
export function ownAttributes(
  roles: Roles,
  role: string,
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const allowed = roleNamed(roles, role)?.callerAttributes ?? []
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => allowed.includes(name)))
}
