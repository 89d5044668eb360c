import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'
import { isLoopback } from '../login/key-set-url.ts'
import { attributeName, issuerSchema } from './issuer.schema.ts'

/** IVS's own bound on a token's life: 14 days. */
const MAX_MINUTES = 20_160
const MAX_RANK = 100
const MAX_CALLER_ATTRIBUTES = 16

const wholeWithin = (min: number, max: number) =>
  z.int('must be a whole number').check(z.gte(min, `must be at least ${min}`), z.lte(max, `must be at most ${max}`))

const minutes = wholeWithin(1, MAX_MINUTES)

const withoutRepeats = <T>(message: string) =>
  z.refine<readonly T[]>((list) => new Set(list).size === list.length, message)

const roleOverrideSchema = z.strictObject(
  {
    capabilities: z.exactOptional(
      z
        .array(z.enum(CAPABILITIES, 'must be PUBLISH or SUBSCRIBE'), 'must be a list of capabilities')
        .check(z.minLength(1, 'must not be empty'), withoutRepeats('must not repeat a capability')),
    ),
    rank: z.exactOptional(wholeWithin(0, MAX_RANK)),
    defaultDuration: z.exactOptional(minutes),
    maxDuration: z.exactOptional(minutes),
    callerAttributes: z.exactOptional(
      z
        .array(attributeName, 'must be a list of attribute names')
        .check(
          z.maxLength(MAX_CALLER_ATTRIBUTES, `must be at most ${MAX_CALLER_ATTRIBUTES} attributes`),
          withoutRepeats('must not repeat an attribute'),
        ),
    ),
  },
  'must be a role',
)

const roleName = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be a role name: lower-case letters, digits, _ and -'))

/** Role overrides of a deployment or a stage: the shape only. `roleProblems` says what they mean together. */
export const roleOverridesSchema = z.record(roleName, roleOverrideSchema, 'must map role names to roles')

/** Exactly what a browser sends as `Origin`; https, or http to this machine. */
function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  return (
    url.origin === value &&
    !value.includes('*') &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
  )
}

const allowedOrigins = z
  .array(
    z
      .string('must be text')
      .check(
        z.refine(
          (value) => value === '*' || isOrigin(value),
          'must be an origin such as https://app.example.com (http to loopback only), or *',
        ),
      ),
    'must be a list of origins',
  )
  .check(z.refine((list) => !list.includes('*') || list.length === 1, 'must be * alone or a list of origins'))

const MAX_KEEP_DAYS = 3650
const kept = z.strictObject({ keepDays: z.exactOptional(wholeWithin(1, MAX_KEEP_DAYS)) }, 'must be an object')

/** Below a fifth, not one whole call a second is left of five. */
const quotaShare = z.number('must be a number').check(z.gte(0.2, 'must be at least 0.2'), z.lte(1, 'must be at most 1'))

/** The shape of what `stagedoor.config.ts` answers. */
export const configSchema = z.strictObject(
  {
    issuers: z.array(issuerSchema, 'must be a list of issuers').check(z.minLength(1, 'must name at least one issuer')),
    tokenMode: z.exactOptional(z.enum(['key-pair', 'ivs'], 'must be key-pair or ivs')),
    roles: z.exactOptional(roleOverridesSchema),
    durations: z.exactOptional(
      z.strictObject(
        {
          default: z.exactOptional(minutes),
          max: z.exactOptional(minutes),
          boundByLogin: z.exactOptional(z.boolean('must be true or false')),
        },
        'must be an object',
      ),
    ),
    limits: z.exactOptional(
      z.strictObject(
        {
          mintsPerMinute: z.exactOptional(wholeWithin(1, 10)),
          unexpiredIds: z.exactOptional(wholeWithin(5, 16)),
          refreshGapSeconds: z.exactOptional(wholeWithin(1, 600)),
          seatLeaseSeconds: z.exactOptional(wholeWithin(60, 3600)),
        },
        'must be an object',
      ),
    ),
    audit: z.exactOptional(kept),
    history: z.exactOptional(kept),
    domainEvents: z.exactOptional(
      z.strictObject({ granted: z.exactOptional(z.boolean('must be true or false')) }, 'must be an object'),
    ),
    quotaShare: z.exactOptional(quotaShare),
    allowedOrigins: z.exactOptional(allowedOrigins),
  },
  'must be a configuration object',
)
