import type { Capability } from '../grant/role.ts'
import { type ParticipantId, parseParticipantId, type UserId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import { attributesBytes, MAX_ATTRIBUTES_BYTES } from './attributes.ts'
import type { SignedTerms } from './participant-token.ts'

/** What a token we sign says: IVS facts §1.2. Seconds, never minutes or milliseconds. */
export interface ParticipantClaims {
  readonly iat: EpochSeconds
  readonly exp: EpochSeconds
  /** Becomes IVS's participant id. */
  readonly jti: ParticipantId
  /** The stage's ARN, and what follows its last `/`. */
  readonly resource: string
  readonly topic: string
  readonly events_url: string
  readonly whip_url: string
  readonly capabilities: { readonly allow_publish?: true; readonly allow_subscribe?: true }
  readonly version: '1.0'
  readonly attributes: Readonly<Record<string, string>>
  readonly user_id: UserId
}

/** IVS refuses a token whose `exp` is further than 14 days from its `iat`. */
export const MAX_TOKEN_SECONDS = 14 * 24 * 60 * 60

const STAGE_ARN = /^arn:aws:ivs:[a-z0-9-]+:[0-9]+:stage\/[A-Za-z0-9-]+$/

/**
 * The claims of a participant token. `issuedAt` must not lie ahead of the clock: make it with `secondsOf(now)`.
 * Throws where the terms are ones that IVS would refuse: the policy has a bug, as every one of them is its to prevent.
 */
export function claimsFor(terms: SignedTerms): ParticipantClaims {
  requireSignable(terms)
  return {
    iat: terms.issuedAt,
    exp: terms.expiresAt,
    jti: terms.participantId,
    resource: terms.stageArn,
    topic: terms.stageArn.slice(terms.stageArn.lastIndexOf('/') + 1),
    events_url: terms.endpoints.events,
    whip_url: terms.endpoints.whip,
    capabilities: capabilityClaims(terms.capabilities),
    version: '1.0',
    attributes: terms.attributes,
    user_id: terms.userId,
  }
}

function capabilityClaims(capabilities: readonly Capability[]): ParticipantClaims['capabilities'] {
  return {
    ...(capabilities.includes('PUBLISH') && { allow_publish: true }),
    ...(capabilities.includes('SUBSCRIBE') && { allow_subscribe: true }),
  }
}

function requireSignable(terms: SignedTerms): void {
  const { issuedAt, expiresAt, endpoints } = terms
  const allowsSomething = terms.capabilities.includes('PUBLISH') || terms.capabilities.includes('SUBSCRIBE')
  const problems = [
    allowsSomething || 'no capability',
    (Number.isSafeInteger(issuedAt) && Number.isSafeInteger(expiresAt)) || 'a time that is not whole seconds',
    expiresAt > issuedAt || 'an expiry that is not after the issue time',
    expiresAt - issuedAt <= MAX_TOKEN_SECONDS || 'a life of more than 14 days',
    parseParticipantId(terms.participantId).ok || 'a malformed participant id',
    STAGE_ARN.test(terms.stageArn) || 'a malformed stage ARN',
    (endpoints.events !== '' && endpoints.whip !== '') || 'an empty endpoint',
    attributesBytes(terms.attributes) <= MAX_ATTRIBUTES_BYTES || 'attributes of more than 1,024 bytes',
  ].filter((problem) => problem !== true)
  if (problems.length > 0) throw new RangeError(`a participant token cannot have ${problems.join(', ')}`)
}
