import { compactVerify } from 'jose'
import type { IssuerConfig } from '../config/config.ts'
import { type Result, refuse } from '../result.ts'
import type { SecretSource } from '../secret/secret-source.ts'
import { type Clock, secondsOf } from '../time.ts'
import { algorithmsOf } from './algorithms.ts'
import type { Caller } from './caller.ts'
import { isForUs } from './claims.ts'
import { createHmacKey } from './hmac-key.ts'
import { judgeClaims } from './judge-claims.ts'
import { createInlineKeySet, createKeySet } from './key-set.ts'
import type { KeySetFetch, LoginKeys } from './login-keys.ts'
import type { LoginRefusal } from './login-refusal.ts'
import { readLogin, type UnverifiedLogin } from './unverified-login.ts'

export interface AuthenticatorDeps {
  /** Checked by `checkConfig`. */
  readonly issuers: readonly IssuerConfig[]
  readonly fetchKeySet: KeySetFetch
  /** Needed only where an issuer has an `hmacSecretId`. */
  readonly secrets?: SecretSource
  readonly clock: Clock
}

export interface Authenticator {
  /**
   * Who is calling, by an `Authorization` header. Never throws for anything the header holds; throws a `Fault` when the
   * issuer's keys cannot be had.
   */
  authenticate(authorization: string | undefined): Promise<Result<Caller, LoginRefusal>>
}

interface TrustedIssuer {
  readonly entry: IssuerConfig
  readonly keys: LoginKeys
}

/** Judges logins of a closed list of issuers. Keep one for the life of the process: it holds the key sets. */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { issuers, clock } = deps
  const keysOf = keySources(deps)
  const trusted = issuers.map((entry) => ({ entry, keys: keysOf(entry) }))
  return {
    authenticate: async (authorization) => {
      const login = readLogin(authorization)
      if (!login.ok) return refuse({ code: login.refusal })
      let refusal: LoginRefusal = { code: 'login_invalid' }
      for (const issuer of trusted.filter(({ entry }) => addresses(login.value, entry))) {
        const judged = await judge(login.value, issuer, clock)
        if (judged.ok) return judged
        if (judged.refusal.code === 'login_expired') refusal = judged.refusal
      }
      return refuse(refusal)
    },
  }
}

/** Whether this entry is the one to judge a login. Believing the login this far only ever leads to a refusal. */
const addresses = ({ header, claims }: UnverifiedLogin, entry: IssuerConfig): boolean =>
  claims.iss === entry.issuer && algorithmsOf(entry).includes(header.alg) && isForUs(claims, entry)

async function judge(
  login: UnverifiedLogin,
  { entry, keys }: TrustedIssuer,
  clock: Clock,
): Promise<Result<Caller, LoginRefusal>> {
  if (!(await isSignedBy(login, keys, algorithmsOf(entry)))) return refuse({ code: 'login_invalid' })
  return judgeClaims(login.claims, entry, secondsOf(clock()))
}

async function isSignedBy(login: UnverifiedLogin, keys: LoginKeys, algorithms: readonly string[]): Promise<boolean> {
  const key = await keys.keyFor(login.header)
  if (key === undefined) return false
  return compactVerify(login.compact, key, { algorithms: [...algorithms] }).then(
    () => true,
    () => false,
  )
}

/** Entries that name the same address or secret share one cache. */
function keySources({ fetchKeySet, secrets, clock }: AuthenticatorDeps): (entry: IssuerConfig) => LoginKeys {
  const shared = new Map<string, LoginKeys>()
  const once = (name: string, create: () => LoginKeys): LoginKeys => {
    const keys = shared.get(name) ?? create()
    shared.set(name, keys)
    return keys
  }
  return ({ jwksUri, jwks, hmacSecretId }) => {
    if (jwksUri !== undefined) {
      return once(`uri ${jwksUri}`, () => createKeySet({ url: jwksUri, fetch: fetchKeySet, clock }))
    }
    if (jwks !== undefined) return createInlineKeySet(jwks)
    if (hmacSecretId === undefined || secrets === undefined) throw new Error('an issuer has no source of keys')
    return once(`secret ${hmacSecretId}`, () => createHmacKey({ secretId: hmacSecretId, source: secrets, clock }))
  }
}
