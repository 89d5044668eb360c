import type { UserId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** Who is calling, as a verified login says. The only source of identity and rights in the product. */
export interface Caller {
  /** The issuer's `iss`, for the log. */
  readonly issuer: string
  readonly userId: UserId
  /** Role names mapped from the login's groups, in the order of the issuer's `roleMap`. */
  readonly roles: readonly string[]
  /** Role by stage id, or by `*`: present only if the issuer's config names a `stagesClaim`. */
  readonly stageGrants: Readonly<Record<string, string>>
  /** No right that comes from the login may rank above this role's. */
  readonly maxRole?: string
  readonly isAdmin: boolean
  /** Stages outside this prefix do not exist for this caller. `''`: all do. */
  readonly stageIdPrefix: string
  /** Server-owned participant attributes that the issuer's config maps from claims. */
  readonly attributes: Readonly<Record<string, string>>
  readonly expiresAt: EpochSeconds
}
