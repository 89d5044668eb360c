import type { Caller } from '../login/caller.ts'
import type { Result } from '../result.ts'
import type { EpochSeconds } from '../time.ts'
import { decideGrant, type PolicyRefusal } from './decide-grant.ts'
import type { Grant, GrantRequest, StageRules } from './grant.ts'

/** What a write may take for granted about a user's assigned role so that one grant is right for all of it. */
export interface Assumption {
  readonly grant: Grant
  /** The grant also holds for a user without an assigned role. */
  readonly unassigned: boolean
  /** Assigned roles under which the grant is the same. */
  readonly assignedRoles: readonly string[]
}

/**
 * The grant for a guessed assigned role, with every other assigned role that leads to the very same grant: what a
 * conditional write may state instead of reading first.
 * @param guess the assigned role we last saw; `undefined` for none
 */
export function assumeGrant(
  rules: StageRules,
  caller: Caller,
  request: GrantRequest,
  guess: string | undefined,
  now: EpochSeconds,
): Result<Assumption, PolicyRefusal> {
  const decide = (assignedRole: string | undefined): Result<Grant, PolicyRefusal> =>
    decideGrant(rules, caller, assignedRole === undefined ? {} : { assignedRole }, request, now)
  const guessed = decide(guess)
  if (!guessed.ok) return guessed
  const leadsThere = (assignedRole: string | undefined): boolean => {
    const other = decide(assignedRole)
    return other.ok && sameGrant(other.value, guessed.value)
  }
  return {
    ok: true,
    value: {
      grant: guessed.value,
      unassigned: leadsThere(undefined),
      assignedRoles: Object.keys(rules.roles).filter(leadsThere),
    },
  }
}

/** The same to whoever holds the token. Where the right came from may differ; what it may outrank may not. */
export function sameGrant(one: Grant, other: Grant): boolean {
  return (
    one.role === other.role &&
    one.duration === other.duration &&
    one.right.rank === other.right.rank &&
    one.capabilities.join() === other.capabilities.join()
  )
}

/**
 * The best guess about a user never seen here. Whoever has a right without an assigned role probably has none assigned;
 * on a members' stage whoever comes is probably a member with the role they ask for, else with the stage's default one.
 */
export function guessForStranger(
  rules: StageRules,
  caller: Caller,
  request: GrantRequest,
  now: EpochSeconds,
): string | undefined {
  const without = decideGrant(rules, caller, {}, request, now)
  return without.ok ? undefined : (request.role ?? rules.defaultRole)
}
