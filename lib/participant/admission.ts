import { Fault } from '../fault.ts'
import { assumeGrant, guessForStranger } from '../grant/assumption.ts'
import { decideGrant, type PolicyRefusal } from '../grant/decide-grant.ts'
import type { Grant, GrantRequest, StageRules, Standing } from '../grant/grant.ts'
import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { admit, type Mint, type MintLimits } from './admit.ts'
import type { ParticipantStore } from './participant-store.ts'
import type { RoleMemory } from './role-memory.ts'
import { emptyRecord, type Participant, type UserKey, type UserRecord } from './user-record.ts'

/** A caller who wants to be let onto a stage. */
export interface Ask {
  readonly key: UserKey
  readonly generation: number
  readonly rules: StageRules
  readonly caller: Caller
  readonly request: GrantRequest
  readonly limits: MintLimits
  /** The participant that a grant would make. Called anew for each grant considered; its id stays the same. */
  readonly draft: (grant: Grant) => Mint
  /** Whether a grant is known to come to nothing, so that nothing is written for it. Answered by a read at most. */
  readonly refuseEarly: (grant: Grant) => Promise<Refusal | undefined>
  readonly now: EpochMs
}

export type Admitted =
  | {
      readonly kind: 'admitted'
      readonly grant: Grant
      readonly participant: Participant
      /** Others of this user that ended by it and may still be connected. */
      readonly displaced: readonly Participant[]
      readonly path: 'optimistic' | 'exact'
    }
  | { readonly kind: 'replay'; readonly grant: Grant; readonly participant: Participant; readonly record: UserRecord }

/** Why not, and by which rule of the policy or the store. */
export interface NotAdmitted {
  readonly rule: string
  readonly refusal: Refusal | PolicyRefusal['refusal']
}

export interface AdmissionDeps {
  readonly participants: ParticipantStore
  readonly memory: RoleMemory
}

const EXACT_ATTEMPTS = 4

/**
 * Policy and store in step: one write that states what policy assumed; where that does not hold, look, decide again on
 * exactly what was seen, and write over exactly that.
 * Throws `Fault('storage_unavailable')` when the record changes under every attempt.
 */
export async function admitCaller(deps: AdmissionDeps, ask: Ask): Promise<Result<Admitted, NotAdmitted>> {
  const first = await tryOptimistically(deps, ask)
  if (first.admitted !== undefined) return ok(first.admitted)
  let seen = first.seen ?? (await deps.participants.load(ask.key))
  for (let attempt = 0; attempt < EXACT_ATTEMPTS; attempt++) {
    deps.memory.remember(ask.key, seen?.assigned?.role)
    const decided = decideGrant(ask.rules, ask.caller, standingOf(seen), ask.request, secondsOf(ask.now))
    if (!decided.ok) return decided
    const grant = decided.value
    const mint = ask.draft(grant)
    const admission = admit(seen ?? emptyRecord(ask.generation), mint, ask.generation, ask.limits, ask.now)
    if (admission.kind === 'refused') return refuse({ rule: admission.refusal.code, refusal: admission.refusal })
    if (admission.kind === 'replay') return ok(replayOrOwn(admission.participant, mint, grant, seen))
    if (first.refused !== undefined) return refuse({ rule: first.refused.code, refusal: first.refused })
    if (await deps.participants.save(ask.key, admission.record, seen)) {
      const { displaced } = admission
      return ok({ kind: 'admitted', grant, participant: mint.participant, displaced, path: 'exact' })
    }
    seen = await deps.participants.load(ask.key)
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write it')
}

/** What the optimistic way came to. `refused` is a refusal that stands unless the record itself says something else first. */
interface FirstTry {
  readonly admitted?: Admitted
  readonly seen?: UserRecord
  readonly refused?: Refusal
}

async function tryOptimistically(deps: AdmissionDeps, ask: Ask): Promise<FirstTry> {
  const now = secondsOf(ask.now)
  const memory = deps.memory.recall(ask.key)
  const guess = memory.known ? memory.role : guessForStranger(ask.rules, ask.caller, ask.request, now)
  const assumption = assumeGrant(ask.rules, ask.caller, ask.request, guess, now)
  if (!assumption.ok) return {}
  const { grant, unassigned, assignedRoles } = assumption.value
  if (!unassigned && assignedRoles.length === 0) return {}
  const refused = await ask.refuseEarly(grant)
  if (refused !== undefined) return { refused }
  const mint = ask.draft(grant)
  const assumed = { unassigned, assignedRoles, generation: ask.generation }
  const answer = await deps.participants.admit(ask.key, { mint, assumed, limits: ask.limits, now: ask.now })
  if (!answer.done) return answer.seen === undefined ? {} : { seen: answer.seen }
  const { displaced } = answer
  return { admitted: { kind: 'admitted', grant, participant: mint.participant, displaced, path: 'optimistic' } }
}

/** A lost answer is not a lost write: what carries this attempt's own mark is what this attempt wrote. */
function replayOrOwn(participant: Participant, mint: Mint, grant: Grant, seen: UserRecord | undefined): Admitted {
  const own = participant.attempt === mint.participant.attempt && participant.mintedAt === mint.participant.mintedAt
  if (own) return { kind: 'admitted', grant, participant, displaced: [], path: 'exact' }
  return { kind: 'replay', grant, participant, record: seen ?? emptyRecord(0) }
}

/** What policy looks at of a record. */
export function standingOf(record: UserRecord | undefined): Standing {
  return {
    ...(record?.assigned !== undefined && { assignedRole: record.assigned.role }),
    ...(record?.ban !== undefined && { ban: record.ban }),
  }
}
