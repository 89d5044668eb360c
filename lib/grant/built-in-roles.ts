import type { Minutes } from '../time.ts'
import type { Role, RoleOverrides, Roles } from './role.ts'

/** What a token lasts where neither the request nor the role says, and at most. */
export interface RoleDurations {
  readonly default: Minutes
  readonly max: Minutes
}

/** The four roles every deployment starts from. Their durations are the deployment's. */
export function builtInRoles(durations: RoleDurations): Roles {
  const role = (capabilities: Role['capabilities'], rank: number): Role => ({
    capabilities,
    rank,
    defaultDuration: durations.default,
    maxDuration: durations.max,
    callerAttributes: ['displayName'],
  })
  return rolesOf([
    ['host', role(['PUBLISH', 'SUBSCRIBE'], 30)],
    ['moderator', role(['SUBSCRIBE'], 20)],
    ['speaker', role(['PUBLISH', 'SUBSCRIBE'], 10)],
    ['viewer', role(['SUBSCRIBE'], 0)],
  ])
}

/**
 * The roles after overrides: a known role is changed in the parts named, a new one must be complete. An incomplete new
 * one is left out, and an unknown role is no right. An inherited default duration is cut to an overridden maximum.
 */
export function resolveRoles(base: Roles, overrides: RoleOverrides): Roles {
  const changed = Object.entries(overrides).flatMap(([name, override]): [string, Role][] => {
    const role = merge(Object.hasOwn(base, name) ? base[name] : undefined, override)
    return role ? [[name, role]] : []
  })
  return rolesOf([...Object.entries(base), ...changed])
}

/** Parts a new role lacks, by name. Empty: `resolveRoles` will have it. */
export function missingParts(override: Partial<Role>): readonly (keyof Role)[] {
  return ROLE_PARTS.filter((part) => override[part] === undefined)
}

const ROLE_PARTS = ['capabilities', 'rank', 'defaultDuration', 'maxDuration', 'callerAttributes'] as const

function merge(base: Role | undefined, override: Partial<Role>): Role | undefined {
  if (base === undefined) return missingParts(override).length === 0 ? (override as Role) : undefined
  const merged = { ...base, ...override }
  return { ...merged, defaultDuration: Math.min(merged.defaultDuration, merged.maxDuration) }
}

/** Without a prototype, so that no role is ever found under a name like `constructor`. */
const rolesOf = (entries: readonly (readonly [string, Role])[]): Roles =>
  Object.assign(Object.create(null) as Record<string, Role>, Object.fromEntries(entries))
