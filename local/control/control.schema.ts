import * as z from 'zod/mini'
import { ok, type Result, refuse } from '../../lib/result.ts'
import { FAULT_MODES, FAULT_TARGETS, type FaultSpec, modesOf } from '../aws/faults.ts'
import type { LoginRequest } from '../identity/issuer.ts'

const loginSchema = z.strictObject({
  sub: z.string(),
  name: z.optional(z.string()),
  roles: z.optional(z.array(z.string())),
  stages: z.optional(z.record(z.string(), z.string())),
  expiresIn: z.optional(z.number()),
  claims: z.optional(z.record(z.string(), z.unknown())),
})

const faultSchema = z.strictObject({
  target: z.enum(FAULT_TARGETS),
  operation: z.optional(z.string()),
  function: z.optional(z.string()),
  mode: z.enum(FAULT_MODES),
  rate: z._default(z.number().check(z.minimum(0), z.maximum(1)), 1),
  seed: z._default(z.int(), 1),
  delayMs: z.optional(z.number().check(z.minimum(0), z.maximum(600_000))),
  delaySeconds: z.optional(z.number().check(z.minimum(0), z.maximum(86_400))),
  spread: z._default(z.boolean(), false),
  after: z._default(z.boolean(), false),
  count: z.optional(z.int().check(z.minimum(1))),
  skip: z._default(z.int().check(z.minimum(0)), 0),
})

/** No function's key signs these. */
const NOBODYS_CALLS: readonly string[] = ['events', 'jwks']

const DEFAULT_DELAY_MS = 1000
const TEN_YEARS_SECONDS = 10 * 366 * 86_400
const clockSchema = z.strictObject({ advance: z.number().check(z.minimum(0), z.maximum(TEN_YEARS_SECONDS)) })

/** Names the fields that are wrong, never what they held. */
function parse<T>(schema: z.ZodMiniType<T>, body: unknown): Result<T, string> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return ok(parsed.data)
  const wrong = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: no such field`)
      : [`${issue.path.join('.') || 'the body'}: ${issue.code}`],
  )
  return refuse(wrong.join('; '))
}

export const parseLogin = (body: unknown): Result<LoginRequest, string> => parse(loginSchema, body)

export function parseSeconds(body: unknown): Result<number, string> {
  const parsed = parse(clockSchema, body)
  return parsed.ok ? ok(parsed.value.advance) : parsed
}

export function parseFault(body: unknown): Result<FaultSpec, string> {
  const parsed = parse(faultSchema, body)
  if (!parsed.ok) return parsed
  const { operation, function: by, count, delayMs, delaySeconds, ...rest } = parsed.value
  if (!modesOf(rest.target).includes(rest.mode)) return refuse(`mode: ${rest.target} cannot be made to ${rest.mode}`)
  if (delaySeconds !== undefined && rest.target !== 'events') return refuse('delaySeconds: only events take that long')
  if (by !== undefined && NOBODYS_CALLS.includes(rest.target))
    return refuse(`function: ${rest.target} is called by none`)
  const given = delaySeconds === undefined ? delayMs : delaySeconds * 1000
  // An event's second copy comes at once, unless it is asked to be late.
  const otherwise = rest.target === 'events' && rest.mode === 'duplicate' ? 0 : DEFAULT_DELAY_MS
  const spec = { ...rest, delayMs: given ?? otherwise }
  const only = { ...(operation !== undefined && { operation }), ...(by !== undefined && { function: by }) }
  return ok({ ...spec, ...only, ...(count !== undefined && { count }) })
}
