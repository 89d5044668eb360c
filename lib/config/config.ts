import type { RoleOverrides } from '../grant/role.ts'
import type { Minutes } from '../time.ts'

/** A claim's place in a login: a literal name (`cognito:groups`) or a path (`["realm_access", "roles"]`). */
export type ClaimName = string | readonly string[]

/** One trusted issuer of logins. The list is closed: nothing in a token can add to it. */
export interface IssuerConfig {
  /** Compared byte for byte with `iss`. */
  readonly issuer: string
  /** One of these must be in the audience claim. */
  readonly audience: string | readonly string[]
  readonly audienceClaim?: 'aud' | 'client_id' | 'azp'
  /** Claims that must be exactly so, e.g. `{ token_use: 'access' }`. */
  readonly requiredClaims?: Readonly<Record<string, string | number | boolean>>
  /** Where the key set is. Exactly one of `jwksUri`, `jwks`, `hmacSecretId`. */
  readonly jwksUri?: string
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  /** Secrets Manager id of a shared HMAC secret of at least 32 bytes; then `algorithms` must be of the HS family. */
  readonly hmacSecretId?: string
  readonly algorithms?: readonly string[]
  readonly userIdClaim?: ClaimName
  readonly userIdPrefix?: string
  readonly rolesClaim?: ClaimName
  /** Group name in the login → role here. Without it, groups are taken as role names. */
  readonly roleMap?: Readonly<Record<string, string>>
  /** Groups that make the caller an admin. */
  readonly adminRoles?: readonly string[]
  readonly stagesClaim?: ClaimName
  readonly maxRole?: string
  readonly stageIdPrefix?: string
  /** Attribute name → claim it is copied from. */
  readonly attributeClaims?: Readonly<Record<string, ClaimName>>
  readonly clockToleranceSeconds?: number
}

export type TokenMode = 'key-pair' | 'ivs'

/** What `stagedoor.config.ts` says. Everything but `issuers` has a default. */
export interface StagedoorConfig {
  readonly issuers: readonly IssuerConfig[]
  readonly tokenMode?: TokenMode
  readonly roles?: RoleOverrides
  readonly durations?: {
    /** Used where neither the request nor the role says. */
    readonly default?: Minutes
    /** No token of this deployment lives longer. At most 20,160 (IVS's 14 days). */
    readonly max?: Minutes
    /** A token does not outlive the login it was made for. */
    readonly boundByLogin?: boolean
  }
  readonly limits?: {
    /** Participants one user may be given on one stage in a minute, at most 10. */
    readonly mintsPerMinute?: number
    /** Unexpired participant ids one user may hold on one stage, at most 16. */
    readonly unexpiredIds?: number
    /** Seconds between two refreshes of one participant. */
    readonly refreshGapSeconds?: number
    /** How long a seat is kept for a publisher that was never seen. */
    readonly seatLeaseSeconds?: number
  }
  /** Who did what to whom, and what happened on a stage. Days, 1 to 3,650. */
  readonly audit?: { readonly keepDays?: number }
  readonly history?: { readonly keepDays?: number }
  /** `granted`: whoever was let in is told of on our bus, once they are first seen on a stage. Off unless set. */
  readonly domainEvents?: { readonly granted?: boolean }
  /**
   * What part of the account's IVS call rates in this Region is this deployment's: 0.2 to 1. Deployments that share an
   * account cannot see each other, so their shares must not add up to more than 1.
   */
  readonly quotaShare?: number
  readonly allowedOrigins?: readonly string[]
}

/** The same, checked, with every default filled in. */
export interface Config {
  readonly issuers: readonly IssuerConfig[]
  readonly tokenMode: TokenMode
  readonly roles: import('../grant/role.ts').Roles
  readonly durations: { readonly default: Minutes; readonly max: Minutes; readonly boundByLogin: boolean }
  readonly limits: {
    readonly mintsPerMinute: number
    readonly unexpiredIds: number
    readonly refreshGapSeconds: number
    readonly seatLeaseSeconds: number
  }
  readonly audit: { readonly keepDays: number }
  readonly history: { readonly keepDays: number }
  readonly domainEvents: { readonly granted: boolean }
  readonly quotaShare: number
  readonly allowedOrigins: readonly string[]
}

/** What the config file's function is told: which deployment stage it is asked for. */
export interface ConfigContext {
  readonly deployment: string
}

/** The shape of `stagedoor.config.ts`'s default export; see there for an example. */
export type ConfigFile = (context: ConfigContext) => StagedoorConfig

export const defineConfig = (file: ConfigFile): ConfigFile => file
