import * as z from 'zod/mini'
import { builtInRoles, resolveRoles } from '../grant/built-in-roles.ts'
import type { RoleOverrides } from '../grant/role.ts'
import { ok, type Result, refuse } from '../result.ts'
import { configSchema } from './config.schema.ts'
import type { IssuerConfig, StagedoorConfig } from './config.ts'
import { DEFAULT_MINUTES, MAX_MINUTES } from './defaults.ts'
import { issuerListProblems, type Placed } from './issuer-list-rules.ts'
import { issuerProblems } from './issuer-rules.ts'
import { type Path, type Problem, pathText, problemsOf } from './problem.ts'
import { issuerRoleProblems, roleProblems, serverOwnedAttributes } from './role-rules.ts'

/** Calls a setting by the name its author knows it by: an environment variable may have replaced the file's. */
export type Rename = Readonly<Record<string, string>>

/**
 * The configuration, or every problem in it as one readable line each (`issuers[0].audience: …`). No line holds a value.
 * Parts whose shape is sound are judged even where others are not, so that one round of corrections is enough.
 */
export function checkConfig(raw: unknown, rename: Rename = {}): Result<StagedoorConfig, readonly string[]> {
  const parsed = z.safeParse(configSchema, raw)
  const shape = parsed.error?.issues.flatMap(problemsOf) ?? []
  const problems = [...shape, ...meaningProblems(soundParts(raw, shape))]
  if (parsed.success && problems.length === 0) return ok(parsed.data)
  return refuse([...new Set(problems.map(({ path, message }) => `${pathText(renamed(path, rename))}: ${message}`))])
}

const renamed = ([first, ...rest]: Path, rename: Rename): Path =>
  first === undefined ? [] : [(Object.hasOwn(rename, first) && rename[String(first)]) || first, ...rest]

interface SoundParts {
  readonly issuers: readonly Placed[]
  readonly issuerCount: number
  readonly roles: RoleOverrides
  readonly rolesAreWhole: boolean
  readonly durations: NonNullable<StagedoorConfig['durations']>
}

/** What of the raw configuration has the right shape. */
function soundParts(raw: unknown, shape: readonly Problem[]): SoundParts {
  const config = (typeof raw === 'object' && raw !== null ? raw : {}) as Partial<StagedoorConfig>
  const broken = (...path: Path): boolean =>
    shape.some((problem) => path.every((key, depth) => depth >= problem.path.length || problem.path[depth] === key))
  const issuers: readonly IssuerConfig[] = Array.isArray(config.issuers) ? config.issuers : []
  const roles = broken('roles') ? {} : config.roles
  return {
    issuers: issuers.map((entry, at) => ({ entry, at })).filter(({ at }) => !broken('issuers', at)),
    issuerCount: issuers.length,
    roles: roles ?? {},
    rolesAreWhole: !broken('roles'),
    durations: (broken('durations') ? undefined : config.durations) ?? {},
  }
}

function meaningProblems({ issuers, issuerCount, roles, rolesAreWhole, durations }: SoundParts): readonly Problem[] {
  const base = builtInRoles({ default: DEFAULT_MINUTES.ivs, max: MAX_MINUTES })
  const resolved = resolveRoles(base, roles)
  const owned = serverOwnedAttributes(issuers.map(({ entry }) => entry))
  const perIssuer = issuers.flatMap(({ entry, at }) =>
    [...issuerProblems(entry), ...(rolesAreWhole ? issuerRoleProblems(entry, resolved) : [])].map((problem) => ({
      ...problem,
      path: ['issuers', at, ...problem.path],
    })),
  )
  return [
    ...perIssuer,
    ...issuerListProblems(issuers, issuerCount),
    ...roleProblems(base, roles, owned).map((problem) => ({ ...problem, path: ['roles', ...problem.path] })),
    ...durationProblems(durations),
  ]
}

function durationProblems(durations: SoundParts['durations']): readonly Problem[] {
  const { default: usual, max = MAX_MINUTES } = durations
  return usual !== undefined && usual > max
    ? [{ path: ['durations', 'default'], message: `must be at most durations.max (${max})` }]
    : []
}
