import type { ClaimName, IssuerConfig } from '../config/config.ts'
import type { EpochSeconds } from '../time.ts'
import { type Claims, isObject } from './unverified-login.ts'

export const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5

/** The claim at a literal name or a path of own members; nothing where it is missing or null. */
export function claimAt(claims: Claims, name: ClaimName): unknown {
  const path = typeof name === 'string' ? [name] : name
  const found = path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    claims,
  )
  return found ?? undefined
}

/** Whether the audience claim names one of ours: text, or (in `aud`) a list of texts that holds it (RFC 7519 §4.1.3). */
export function isForUs(claims: Claims, { audience, audienceClaim = 'aud' }: IssuerConfig): boolean {
  const claim = claimAt(claims, audienceClaim)
  const named = Array.isArray(claim) && audienceClaim === 'aud' ? (claim as unknown[]) : [claim]
  const ours = [audience].flat()
  return named.every((one) => typeof one === 'string') && named.some((one) => ours.includes(one))
}

export const meetsRequirements = (claims: Claims, { requiredClaims = {} }: IssuerConfig): boolean =>
  Object.entries(requiredClaims).every(([name, value]) => claimAt(claims, name) === value)

/** What the time claims say. `malformed` also where a login is not valid yet. */
export type Timeliness = { readonly state: 'current' | 'expired'; readonly expiresAt: EpochSeconds } | 'malformed'

/**
 * `exp` must be there; `exp`, `nbf` and `iat` must be whole seconds (RFC 7519 §2, the part of it that issuers use).
 * @param now Unix seconds
 */
export function timeliness(claims: Claims, now: EpochSeconds, toleranceSeconds: number): Timeliness {
  const { exp, nbf = 0, iat = 0 } = claims
  if (!isInstant(exp) || !isInstant(nbf) || !isInstant(iat)) return 'malformed'
  if (nbf > now + toleranceSeconds || iat > now + toleranceSeconds) return 'malformed'
  return { state: exp > now - toleranceSeconds ? 'current' : 'expired', expiresAt: exp }
}

const isInstant = (value: unknown): value is EpochSeconds => Number.isSafeInteger(value) && (value as number) >= 0
