import { missingParts, resolveRoles } from '../grant/built-in-roles.ts'
import { ROLE_ATTRIBUTE } from '../grant/decide-grant.ts'
import type { Role, RoleOverrides, Roles } from '../grant/role.ts'
import type { IssuerConfig } from './config.ts'
import type { Problem } from './problem.ts'

/** Attributes that are the server's: no role may let callers set them. */
export const serverOwnedAttributes = (issuers: readonly IssuerConfig[]): readonly string[] => [
  ROLE_ATTRIBUTE,
  ...issuers.flatMap((entry) => Object.keys(entry.attributeClaims ?? {})),
]

/**
 * What overrides of well-formed roles must mean. Paths start at the role's name.
 * @param serverOwned see `serverOwnedAttributes`
 */
export function roleProblems(
  base: Roles,
  overrides: RoleOverrides,
  serverOwned: readonly string[],
): readonly Problem[] {
  const resolved = resolveRoles(base, overrides)
  return Object.entries(overrides).flatMap(([name, override]) => [
    ...(Object.hasOwn(base, name) ? [] : missingProblems(name, override)),
    ...durationProblems(name, override, Object.hasOwn(resolved, name) ? resolved[name] : undefined),
    ...(override.callerAttributes ?? []).flatMap((attribute, at) =>
      serverOwned.includes(attribute)
        ? [{ path: [name, 'callerAttributes', at], message: 'is an attribute that only the server may set' }]
        : [],
    ),
  ])
}

const missingProblems = (name: string, override: Partial<Role>): readonly Problem[] =>
  missingParts(override).map((part) => ({ path: [name, part], message: 'must be given for a new role' }))

function durationProblems(name: string, override: Partial<Role>, role: Role | undefined): readonly Problem[] {
  const max = override.maxDuration ?? role?.maxDuration
  return override.defaultDuration !== undefined && max !== undefined && override.defaultDuration > max
    ? [{ path: [name, 'defaultDuration'], message: `must be at most the role's maxDuration (${max})` }]
    : []
}

/** What an issuer says about roles and attributes must fit the roles there are. Paths are relative to the entry. */
export function issuerRoleProblems(entry: IssuerConfig, roles: Roles): readonly Problem[] {
  const known = `must be a known role: ${Object.keys(roles).join(', ')}`
  const settable = Object.values(roles).flatMap((role) => role.callerAttributes)
  return [
    ...Object.entries(entry.roleMap ?? {}).flatMap(([group, role]) =>
      Object.hasOwn(roles, role) ? [] : [{ path: ['roleMap', group], message: known }],
    ),
    ...(entry.maxRole === undefined || Object.hasOwn(roles, entry.maxRole)
      ? []
      : [{ path: ['maxRole'], message: known }]),
    ...Object.keys(entry.attributeClaims ?? {}).flatMap((name) => attributeProblem(name, settable)),
  ]
}

function attributeProblem(name: string, settable: readonly string[]): readonly Problem[] {
  const path = ['attributeClaims', name]
  if (name === ROLE_ATTRIBUTE) return [{ path, message: 'is reserved' }]
  return settable.includes(name) ? [{ path, message: 'is an attribute that callers may set themselves' }] : []
}
