import { ok, type Result, refuse } from '../../../lib/result.ts'
import type { SideRefusal } from '../side/refusal.ts'
import { idOfArn } from '../world/identifiers.ts'
import type { Capability, Grant } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { attributesFit } from './attributes.ts'

const MAX_LIFETIME_SECONDS = 14 * 24 * 60 * 60
const VERSION = '1.0'
const JTI = /^[A-Za-z0-9_-]{1,64}$/
const MAX_USER_ID_LENGTH = 128

export type Claims = Readonly<Record<string, unknown>>
/** What of a grant its claims say; the rest is how the token was made. */
export type Claimed = Omit<Grant, 'keyArn' | 'digest'> & { readonly eventsUrl: string; readonly whipUrl: string }

export const refusal = (code: SideRefusal['code'], detail: string): SideRefusal => ({ code, detail })
const malformed = (detail: string) => refuse(refusal('TOKEN_INVALID', detail))
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)
const isText = (value: unknown): value is string => typeof value === 'string'

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Every rule the guide states about a participant token's payload, except which stage there is. `exp` has passed once the
 * clock shows it; an `iat` that lies ahead is no token yet.
 */
export function readClaims(world: World, claims: Claims, emptyGrantRefused: boolean): Result<Claimed, SideRefusal> {
  const { iat, exp, jti, resource, topic, events_url: eventsUrl, whip_url: whipUrl } = claims
  if (claims.version !== VERSION) return malformed('version is not 1.0')
  if (!isInteger(iat) || !isInteger(exp)) return malformed('iat and exp are not both integers')
  if (exp <= iat) return malformed('exp is not after iat')
  if (exp - iat > MAX_LIFETIME_SECONDS) return malformed('exp is more than 14 days after iat')
  if (!isText(jti) || !JTI.test(jti)) return malformed('jti is not 1 to 64 of A-Z a-z 0-9 - _')
  if (!isText(resource) || !isText(topic) || topic !== idOfArn(resource))
    return malformed('topic is not the id in resource')
  if (!isText(eventsUrl) || !isText(whipUrl)) return malformed('events_url or whip_url is missing')
  const user = readUser(world, claims)
  if (!user.ok) return user
  const capabilities = readCapabilities(claims.capabilities, emptyGrantRefused)
  if (!capabilities.ok) return capabilities
  const leeway = world.assume.clockLeewaySeconds
  const now = world.now / 1000
  if (iat > now + leeway) return malformed('iat lies in the future')
  if (exp + leeway <= now) return refuse(refusal('TOKEN_EXPIRED', 'exp has passed'))
  return ok({
    stageArn: resource,
    participantId: jti,
    ...user.value,
    capabilities: capabilities.value,
    expiresAt: exp * 1000,
    eventsUrl,
    whipUrl,
  })
}

function readUser(world: World, claims: Claims): Result<Pick<Grant, 'userId' | 'attributes'>, SideRefusal> {
  const { user_id: userId = '', attributes } = claims
  if (!isText(userId) || userId.length > MAX_USER_ID_LENGTH)
    return malformed('user_id is not text of at most 128 characters')
  if (attributes === undefined)
    return world.assume.attributesClaimRequired ? malformed('attributes is missing') : ok({ userId, attributes: {} })
  if (!isRecord(attributes) || !Object.values(attributes).every(isText))
    return malformed('attributes does not map text to text')
  const texts = attributes as Readonly<Record<string, string>>
  if (!attributesFit(texts, world.assume)) return malformed('attributes exceed 1 KB')
  return ok({ userId, attributes: texts })
}

function readCapabilities(value: unknown, emptyGrantRefused: boolean): Result<readonly Capability[], SideRefusal> {
  if (!isRecord(value)) return malformed('capabilities is not an object')
  const flags = Object.entries(value)
  const known = flags.every(([name, flag]) => /^allow_(publish|subscribe)$/.test(name) && typeof flag === 'boolean')
  if (!known) return malformed('capabilities are not booleans named allow_publish and allow_subscribe')
  const capabilities: Capability[] = []
  if (value.allow_publish) capabilities.push('PUBLISH')
  if (value.allow_subscribe) capabilities.push('SUBSCRIBE')
  if (capabilities.length === 0 && emptyGrantRefused) return malformed('capabilities allow nothing')
  return ok(capabilities)
}
