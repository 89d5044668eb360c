import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { IssuerConfig } from '../../lib/config/config.ts'
import { type EpochMs, secondsOf } from '../../lib/time.ts'

export const LOCAL_AUDIENCE = 'stagedoor'
const ALGORITHM = 'ES256'
const KEY_ID = 'local'
const DEFAULT_LIFE_SECONDS = 12 * 3600

/** What `POST /_local/login` takes. */
export interface LoginRequest {
  readonly sub: string
  readonly name?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly stages?: Readonly<Record<string, string>> | undefined
  /** Seconds; may lie in the past, to try an expired login. */
  readonly expiresIn?: number | undefined
  /** Any other claims. They win over the ones above, and `null` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

export interface LocalIssuer {
  readonly issuer: string
  readonly jwksUri: string
  /** How the product is told to trust it. */
  readonly config: IssuerConfig
  readonly jwks: { readonly keys: readonly JWK[] }
  login(request: LoginRequest): Promise<string>
}

export interface IssuerOptions {
  readonly issuer: string
  readonly now: () => EpochMs
  /** The key of an earlier run. */
  readonly key?: JWK
  readonly onNewKey: (key: JWK) => void
}

async function keyOf({ key, onNewKey }: IssuerOptions): Promise<JWK> {
  if (key) return key
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const made = { ...(await exportJWK(privateKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' }
  onNewKey(made)
  return made
}

/** A small identity provider: signs whatever login it is asked for, on the twin's clock. */
export async function createLocalIssuer(options: IssuerOptions): Promise<LocalIssuer> {
  const { issuer, now } = options
  const { d, ...publicKey } = await keyOf(options)
  const signingKey = await importJWK({ ...publicKey, ...(d === undefined ? {} : { d }) }, ALGORITHM)
  const jwksUri = `${issuer}/jwks.json`
  const config: IssuerConfig = {
    issuer,
    audience: LOCAL_AUDIENCE,
    jwksUri,
    rolesClaim: 'roles',
    adminRoles: ['admin'],
    stagesClaim: 'stages',
  }
  return {
    issuer,
    jwksUri,
    config,
    jwks: { keys: [publicKey] },
    login: ({ sub, name, roles, stages, expiresIn = DEFAULT_LIFE_SECONDS, claims = {} }) => {
      const iat = secondsOf(now())
      const given = { iss: issuer, aud: LOCAL_AUDIENCE, sub, name, roles, stages, iat, exp: iat + expiresIn, ...claims }
      const kept = Object.entries(given).filter(([, value]) => value !== null && value !== undefined)
      return new SignJWT(Object.fromEntries(kept) as JWTPayload)
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: 'JWT' })
        .sign(signingKey)
    },
  }
}
