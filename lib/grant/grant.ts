import type { EpochSeconds, Minutes } from '../time.ts'
import type { Capability, Roles } from './role.ts'

/** What a stage and its deployment say about anyone who asks: all that policy needs to know of a stage. */
export interface StageRules {
  readonly stageId: string
  readonly access: 'open' | 'members' | 'closed'
  readonly defaultRole: string
  /** Built-in roles, overridden by the deployment, overridden by the stage. */
  readonly roles: Roles
  /** The smallest of the stage's and the deployment's maximum. */
  readonly maxDuration: Minutes
  readonly endsAt?: EpochSeconds
  /** Tokens may not outlive the login they were made for. */
  readonly boundByLogin: boolean
}

/** A ban as stored. Without `until` it has no end. */
export interface Ban {
  readonly until?: EpochSeconds
  /** Rank of who made it: it does not bind a caller whose right outranks it. */
  readonly rank: number
}

/** What we store about one user on one stage, as far as policy looks at it. */
export interface Standing {
  readonly assignedRole?: string
  readonly ban?: Ban
  /** Put out a moment ago, and not to come back before its end. */
  readonly coolDown?: Ban
}

/** What the caller asks for. It may only narrow the right. */
export interface GrantRequest {
  readonly role?: string
  readonly capabilities?: readonly Capability[]
  readonly duration?: Minutes
  readonly attributes?: Readonly<Record<string, string>>
}

/** Where a right came from, for the audit. */
export type RightSource = 'assigned' | 'login_stage' | 'login_any_stage' | 'login_group' | 'default_role'

/** What a caller may have at most. */
export interface Right {
  readonly role: string
  readonly rank: number
  readonly capabilities: readonly Capability[]
  readonly source: RightSource
}

/** The policy's positive answer. */
export interface Grant {
  readonly role: string
  readonly capabilities: readonly Capability[]
  readonly duration: Minutes
  /** What the caller set and the role allows: stored with the participant, repeated by a refresh. */
  readonly callerAttributes: Readonly<Record<string, string>>
  /** All of the token's attributes: the caller's and the server's. */
  readonly attributes: Readonly<Record<string, string>>
  readonly right: Right
}

/** The name of the rule that answered (product policy, in order). */
export type RuleName =
  | 'granted'
  | 'banned'
  | 'cooling_down'
  | 'no_right'
  | 'stage_closed'
  | 'stage_ended'
  | 'role_outside_right'
  | 'capability_outside_role'
  | 'attribute_not_settable'
  | 'attributes_too_large'
  | 'login_too_short'
