import { builtInRoles, resolveRoles } from '../grant/built-in-roles.ts'
import { parseStrictJson } from '../login/strict-json.ts'
import { ok, type Result, refuse } from '../result.ts'
import { checkConfig } from './check-config.ts'
import type { Config, ConfigFile, StagedoorConfig, TokenMode } from './config.ts'
import { ConfigError } from './config-error.ts'
import { DEFAULT_KEEP_DAYS, DEFAULT_LIMITS, DEFAULT_MINUTES, DEFAULT_QUOTA_SHARE, MAX_MINUTES } from './defaults.ts'
import type { Env } from './settings.ts'

export interface ConfigSource {
  readonly file: ConfigFile
  /** The deployment stage: `dev`, `prod`, … */
  readonly deployment: string
  readonly env: Env
}

/** The whole configuration with every default filled in. Throws one `ConfigError` that lists all that is wrong. */
export function loadConfig(source: ConfigSource): Config {
  const config = readConfig(source)
  if (!config.ok) throw new ConfigError(config.refusal)
  return config.value
}

/** The same as a value, so that its problems can be told together with others. */
export function readConfig({ file, deployment, env }: ConfigSource): Result<Config, readonly string[]> {
  const overrides = overridesFrom(env)
  const raw = { ...file({ deployment }), ...overrides.values }
  const checked = checkConfig(raw, overrides.names)
  const mode = raw.tokenMode ?? (env.SIGNING_SECRET_ID ? 'key-pair' : 'ivs')
  const problems = [
    ...overrides.problems,
    ...(checked.ok ? [] : checked.refusal),
    ...(mode === 'key-pair' && !env.SIGNING_SECRET_ID ? ['SIGNING_SECRET_ID: token mode key-pair needs it'] : []),
  ]
  return checked.ok && problems.length === 0 ? ok(complete(checked.value, mode as TokenMode)) : refuse(problems)
}

const OVERRIDES = {
  issuers: 'AUTH_ISSUERS',
  tokenMode: 'TOKEN_MODE',
  allowedOrigins: 'ALLOWED_ORIGINS',
  domainEvents: 'DOMAIN_EVENTS',
} as const

/** What the environment puts in the place of the file's own; an empty variable is none. */
function overridesFrom(env: Env): {
  readonly values: Partial<Record<keyof typeof OVERRIDES, unknown>>
  readonly names: Readonly<Record<string, string>>
  readonly problems: readonly string[]
} {
  const { TOKEN_MODE: mode, ALLOWED_ORIGINS: origins } = env
  const json = (['issuers', 'domainEvents'] as const).flatMap((key) => {
    const text = env[OVERRIDES[key]]
    return text ? [{ key, parsed: parseStrictJson(text) }] : []
  })
  const values = {
    ...Object.fromEntries(json.flatMap(({ key, parsed }) => (parsed.ok ? [[key, parsed.value]] : []))),
    ...(mode && { tokenMode: mode }),
    ...(origins && { allowedOrigins: listOf(origins) }),
  }
  return {
    values,
    names: Object.fromEntries(Object.entries(OVERRIDES).filter(([key]) => Object.hasOwn(values, key))),
    problems: json.flatMap(({ key, parsed }) =>
      parsed.ok ? [] : [`${OVERRIDES[key]}: must be JSON without repeated names`],
    ),
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function complete(config: StagedoorConfig, tokenMode: TokenMode): Config {
  const max = config.durations?.max ?? MAX_MINUTES
  const durations = {
    default: config.durations?.default ?? Math.min(DEFAULT_MINUTES[tokenMode], max),
    max,
    boundByLogin: config.durations?.boundByLogin ?? false,
  }
  return {
    issuers: config.issuers,
    tokenMode,
    roles: resolveRoles(builtInRoles(durations), config.roles ?? {}),
    durations,
    limits: { ...DEFAULT_LIMITS, ...config.limits },
    audit: { keepDays: config.audit?.keepDays ?? DEFAULT_KEEP_DAYS.audit },
    history: { keepDays: config.history?.keepDays ?? DEFAULT_KEEP_DAYS.history },
    domainEvents: { granted: config.domainEvents?.granted ?? false },
    quotaShare: config.quotaShare ?? DEFAULT_QUOTA_SHARE,
    allowedOrigins: config.allowedOrigins ?? [],
  }
}
