import { Fault } from '../fault.ts'
import { assumeGrant, guessForStranger, sameGrant } from '../grant/assumption.ts'
import { decideGrant, type PolicyRefusal } from '../grant/decide-grant.ts'
import type { Grant, GrantRequest, StageRules, Standing } from '../grant/grant.ts'
import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { admit, type Mint, type MintLimits } from './admit.ts'
import type { ParticipantStore } from './participant-store.ts'
import type { RoleMemory } from './role-memory.ts'
import { emptyRecord, endReasonOf, type Participant, type UserKey, type UserRecord } from './user-record.ts'

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
  /**
   * Called while the first write is on its way, with what it will have recorded if it succeeds; not where that supposes a role
   * that nobody is known to hold. Must not throw.
   */
  readonly meanwhile?: (grant: Grant, participant: Participant) => void
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
  /** The record is of a later generation: what is remembered of the stage is out of date. Nothing was written. */
  | { readonly kind: 'outdated' }

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
  let displaced: readonly Participant[] = []
  for (let attempt = 0; attempt < EXACT_ATTEMPTS; attempt++) {
    deps.memory.remember(ask.key, seen?.assigned?.role)
    if (seen !== undefined && seen.generation > ask.generation) return ok({ kind: 'outdated' })
    const decided = decideGrant(ask.rules, ask.caller, standingOf(seen), ask.request, secondsOf(ask.now))
    if (!decided.ok) return decided
    const grant = decided.value
    const mint = ask.draft(grant)
    const admission = admit(seen ?? emptyRecord(ask.generation), mint, ask.generation, ask.limits, ask.now)
    if (admission.kind === 'refused') return refuse({ rule: admission.refusal.code, refusal: admission.refusal })
    if (admission.kind === 'replay') {
      const { participant } = admission
      if (!isOwn(participant, mint)) return ok({ kind: 'replay', grant, participant, record: seen ?? emptyRecord(0) })
      return ok({ kind: 'admitted', grant, participant, displaced: displacedBy(ask, seen, displaced), path: 'exact' })
    }
    const refused = await stillRefused(ask, first, grant)
    if (refused !== undefined) return refuse({ rule: refused.code, refusal: refused })
    displaced = admission.displaced
    if (await deps.participants.save(ask.key, admission.record, seen)) {
      return ok({ kind: 'admitted', grant, participant: mint.participant, displaced, path: 'exact' })
    }
    seen = await deps.participants.load(ask.key)
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write it')
}

/** What the optimistic way came to. `refused` stands for that grant unless the record itself says something else first. */
interface FirstTry {
  readonly admitted?: Admitted
  readonly seen?: UserRecord
  readonly refused?: { readonly refusal: Refusal; readonly grant: Grant }
}

/** What was refused early was one grant; where the record leads to another, that one is looked at by itself. */
async function stillRefused(ask: Ask, { refused }: FirstTry, grant: Grant): Promise<Refusal | undefined> {
  if (refused === undefined) return undefined
  return sameGrant(refused.grant, grant) ? refused.refusal : ask.refuseEarly(grant)
}

async function tryOptimistically(deps: AdmissionDeps, ask: Ask): Promise<FirstTry> {
  const now = secondsOf(ask.now)
  const memory = deps.memory.recall(ask.key)
  const guess = memory.known ? memory.role : guessForStranger(ask.rules, ask.caller, ask.request, now)
  const assumption = assumeGrant(ask.rules, ask.caller, ask.request, guess, now)
  if (!assumption.ok) return {}
  const { grant, unassigned, assignedRoles } = assumption.value
  if (!unassigned && assignedRoles.length === 0) return {}
  const refusal = await ask.refuseEarly(grant)
  if (refusal !== undefined) return { refused: { refusal, grant } }
  const mint = ask.draft(grant)
  const assumed = { unassigned, assignedRoles, generation: ask.generation }
  const writing = deps.participants.admit(ask.key, { mint, assumed, limits: ask.limits, now: ask.now })
  if (memory.known || unassigned) ask.meanwhile?.(grant, mint.participant)
  const answer = await writing
  if (!answer.done) return answer.seen === undefined ? {} : { seen: answer.seen }
  const { displaced } = answer
  return { admitted: { kind: 'admitted', grant, participant: mint.participant, displaced, path: 'optimistic' } }
}

/** A lost answer is not a lost write: what carries this attempt's own mark is what this attempt wrote. */
const isOwn = ({ attempt, mintedAt }: Participant, { participant }: Mint): boolean =>
  attempt === participant.attempt && mintedAt === participant.mintedAt

/**
 * Whom a write displaced whose answer was lost: those it was about to, where it was an exact one, else those the record
 * says were replaced. Some of them may have been for longer: disconnecting them again does no harm.
 */
function displacedBy(ask: Ask, record: UserRecord | undefined, known: readonly Participant[]): readonly Participant[] {
  if (known.length > 0 || record === undefined || ask.limits.session.mode !== 'replace') return known
  const replaced = (one: Participant): boolean => endReasonOf(record, one, secondsOf(ask.now)) === 'replaced'
  return record.participants.filter((one) => !one.reserved && replaced(one))
}

/** What policy looks at of a record. */
export function standingOf(record: UserRecord | undefined): Standing {
  return {
    ...(record?.assigned !== undefined && { assignedRole: record.assigned.role }),
    ...(record?.ban !== undefined && { ban: record.ban }),
    ...(record?.putOut?.coolDown !== undefined && { coolDown: record.putOut.coolDown }),
  }
}
