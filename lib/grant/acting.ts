import type { Caller } from '../login/caller.ts'
import type { PlainRefusalCode } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Right } from './grant.ts'
import { MODERATOR_RANK } from './role.ts'

/** Whoever acts on others: their right on the stage, read for this request, and whether they are an admin. */
export interface Actor {
  readonly caller: Caller
  readonly right: Right | undefined
  /** Their own ban binds: a banned moderator moderates nothing. */
  readonly banned: boolean
}

/**
 * Whether the actor may act on a user of this rank. Admins may within their issuer's stages; moderators only on those
 * whose recorded rank is below their own.
 */
export function mayActOn(actor: Actor, targetRank: number): Result<true, { readonly code: PlainRefusalCode }> {
  if (actor.caller.isAdmin) return ok(true)
  if (actor.banned || actor.right === undefined || actor.right.rank < MODERATOR_RANK) {
    return refuse({ code: 'not_a_moderator' })
  }
  return targetRank < actor.right.rank ? ok(true) : refuse({ code: 'outranked' })
}
