import type { Minutes } from '../time.ts'

/** IVS's own words for what a token allows. */
export const CAPABILITIES = ['PUBLISH', 'SUBSCRIBE'] as const
export type Capability = (typeof CAPABILITIES)[number]

/** A named set of rights on a stage. Roles are data: built in, overridable by deployment and by stage. */
export interface Role {
  readonly capabilities: readonly Capability[]
  /** Who may act on whom: only on a lower rank. 20 and above moderates. */
  readonly rank: number
  readonly defaultDuration: Minutes
  readonly maxDuration: Minutes
  /** Names of the attributes a caller with this role may set. Everything else in a token is the server's. */
  readonly callerAttributes: readonly string[]
}

export type Roles = Readonly<Record<string, Role>>
/** What a deployment or a stage may say about a role: any part of it; what is left out is inherited. */
export type RoleOverrides = Readonly<Record<string, Partial<Role>>>

export const MODERATOR_RANK = 20
