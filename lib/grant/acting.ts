import type { UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { PlainRefusalCode } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Ban, Right } from './grant.ts'
import { MODERATOR_RANK } from './role.ts'

/** Whoever acts on others: their right on the stage, read for this request, and whether they are an admin. */
export interface Actor {
  readonly caller: Caller
  readonly right: Right | undefined
  /** Their own ban binds: a banned moderator moderates nothing. */
  readonly banned: boolean
}

type Allowed = Result<true, { readonly code: PlainRefusalCode }>

/** Above every role's rank: what an admin decides, no right on the stage outranks. */
const ADMIN_RANK = 1000

/** The rank an actor's decisions are kept with. */
export const rankOfActor = ({ caller, right }: Actor): number =>
  caller.isAdmin ? ADMIN_RANK : (right?.rank ?? Number.NEGATIVE_INFINITY)

/** Whether the actor moderates this stage at all: enough to look at who is a member, who is banned, and why. */
export function mayModerate({ caller, right, banned }: Actor): Allowed {
  if (caller.isAdmin) return ok(true)
  const moderates = !banned && right !== undefined && right.rank >= MODERATOR_RANK
  return moderates ? ok(true) : refuse({ code: 'not_a_moderator' })
}

/**
 * Whether the actor may act on a user of this rank. Admins may within their issuer's stages; moderators only on those
 * whose recorded rank is below their own.
 */
export function mayActOn(actor: Actor, targetRank: number): Allowed {
  const moderates = mayModerate(actor)
  if (!moderates.ok || actor.caller.isAdmin) return moderates
  return targetRank < rankOfActor(actor) ? ok(true) : refuse({ code: 'outranked' })
}

/** The same of a user by name. Nobody outranks themselves, whatever little is recorded of them. */
export function mayActOnUser(actor: Actor, userId: UserId, recordedRank: number): Allowed {
  const own = userId === actor.caller.userId ? rankOfActor(actor) : Number.NEGATIVE_INFINITY
  return mayActOn(actor, Math.max(own, recordedRank))
}

/** Whether a role of this rank is the actor's to give: nobody gives more than they have. */
export function mayAssign(actor: Actor, roleRank: number): Allowed {
  return roleRank <= rankOfActor(actor) ? ok(true) : refuse({ code: 'role_not_allowed' })
}

/** Whether a ban may be lifted, shortened or replaced: not one that a higher rank made. */
export function mayOverrule(actor: Actor, ban: Ban | undefined): Allowed {
  return ban === undefined || ban.rank <= rankOfActor(actor) ? ok(true) : refuse({ code: 'outranked' })
}
