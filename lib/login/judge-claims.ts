import type { IssuerConfig } from '../config/config.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { EpochSeconds } from '../time.ts'
import type { Caller } from './caller.ts'
import { callerOf } from './caller-of.ts'
import { DEFAULT_CLOCK_TOLERANCE_SECONDS, meetsRequirements, timeliness } from './claims.ts'
import type { LoginRefusal } from './login-refusal.ts'
import type { Claims } from './unverified-login.ts'

/**
 * Who a login makes its bearer, once its signature is out of the question. Expiry comes last: only the bearer of a login
 * that was once right is told that it is too old.
 */
export function judgeClaims(claims: Claims, entry: IssuerConfig, now: EpochSeconds): Result<Caller, LoginRefusal> {
  const time = timeliness(claims, now, entry.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS)
  const caller = meetsRequirements(claims, entry) ? callerOf(claims, entry) : undefined
  if (time === 'malformed' || caller === undefined) return refuse({ code: 'login_invalid' })
  if (time.state === 'expired') return refuse({ code: 'login_expired' })
  return ok({ ...caller, expiresAt: time.expiresAt })
}
