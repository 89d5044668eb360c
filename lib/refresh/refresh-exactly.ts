import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../fault.ts'
import { decideGrant } from '../grant/decide-grant.ts'
import type { Grant, GrantRequest } from '../grant/grant.ts'
import { ownAttributes } from '../grant/right.ts'
import { standingOf } from '../participant/admission.ts'
import { recordedRightOf } from '../participant/recorded-right.ts'
import { type Renewal, refreshable, renewed } from '../participant/refresh.ts'
import type { Narrowing, Participant, UserRecord } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { publishes, seatsKeyOf } from '../seat/seat-wish.ts'
import type { SeatsKey } from '../seat/seats.ts'
import { takeSeat } from '../seat/take-seat.ts'
import { secondsOf } from '../time.ts'
import { expiryOf, type RefreshDeps, type Refreshing, type RefreshRefusal, type Renewed } from './refreshing.ts'

const ATTEMPTS = 4

type Outcome = Result<Renewed, RefreshRefusal> | 'outdated'

/** Looks, decides on exactly what was seen, and writes over exactly that. A gained PUBLISH needs a seat, a lost one frees it. */
export async function refreshExactly(
  deps: RefreshDeps,
  refreshing: Refreshing,
  first: UserRecord | undefined,
): Promise<Outcome> {
  const { key, stage, participantId } = refreshing
  let seen = first ?? (await deps.participants.load(key))
  let renewal: Renewed | undefined
  let gainedSeat = false
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const decided = decide(deps, refreshing, seen)
      if (decided === 'outdated' || !decided.ok) return decided
      const { grant, record, participant } = decided.value
      if (publishes(grant) && !publishes(participant)) {
        if (!(await seated(deps, refreshing, participantId, grant))) return refuse({ code: 'publisher_seats_full' })
        gainedSeat = true
      }
      const next = renewed(record, participant, renewalOf(refreshing, participant, grant), refreshing.now)
      // A lost answer is not a lost write: then the participant is already what this request makes of it.
      const isThere = isDeepStrictEqual(next.participant, participant)
      if (isThere || (await deps.participants.save(key, next.record, record))) {
        renewal = { grant, participant: next.participant }
        if (publishes(participant) && !publishes(grant)) await freed(deps, seatsKeyOf(stage), participantId)
        refreshing.log.note({ rule: 'granted', path: 'exact' })
        return ok(renewal)
      }
      seen = await deps.participants.load(key)
    }
    throw new Fault('storage_unavailable', 'a user record changed under every attempt to write it')
  } finally {
    // Whoever does not publish after all would keep the seat for as long as they are connected.
    if (gainedSeat && !(renewal && publishes(renewal.grant))) await freed(deps, seatsKeyOf(stage), participantId)
  }
}

const freed = (deps: RefreshDeps, key: SeatsKey, id: Participant['id']) =>
  Promise.allSettled([deps.seats.free(key, id)])

interface Decided {
  readonly grant: Grant
  readonly record: UserRecord
  readonly participant: Participant
}

/** The policy's "no" comes first: a banned user is told so, whatever became of the participant. */
function decide(
  deps: RefreshDeps,
  refreshing: Refreshing,
  seen: UserRecord | undefined,
): Result<Decided, RefreshRefusal> | 'outdated' {
  const { key, participantId, stage, caller, rules, now, log } = refreshing
  deps.memory.remember(key, seen?.assigned?.role)
  if (seen !== undefined && seen.generation > stage.generation.number) return 'outdated'
  const known = seen?.participants.find(({ id }) => id === participantId)
  const decided = decideGrant(rules, caller, standingOf(seen), requestOf(refreshing, known), secondsOf(now))
  if (!decided.ok) {
    log.note({ rule: decided.refusal.rule })
    return refuse(decided.refusal.refusal)
  }
  const found = refreshable(seen, participantId, stage.generation.number, deps.config.limits.refreshGapSeconds, now)
  if (!found.ok) return found
  if (seen === undefined) return refuse({ code: 'participant_not_found' })
  return ok({ grant: decided.value, record: seen, participant: found.value })
}

/** What this request says, over what the join said. Attributes that are only repeated are not asked for again. */
function requestOf({ request }: Refreshing, participant: Participant | undefined): GrantRequest {
  return { ...request, ...narrowingOf(request.capabilities, participant) }
}

function narrowingOf(capabilities: Narrowing['capabilities'], participant: Participant | undefined): Narrowing {
  return { ...participant?.narrowing, ...(capabilities !== undefined && { capabilities }) }
}

function renewalOf(refreshing: Refreshing, participant: Participant, grant: Grant): Renewal {
  const { keys, request } = refreshing
  const stillThere = participant.keyId !== undefined && keys.usable.includes(participant.keyId)
  return {
    role: grant.role,
    capabilities: grant.capabilities,
    narrowing: narrowingOf(request.capabilities, participant),
    attributes:
      request.attributes === undefined
        ? ownAttributes(refreshing.rules.roles, grant.role, participant.attributes)
        : grant.callerAttributes,
    expiresAt: expiryOf(refreshing, grant),
    right: recordedRightOf(refreshing.rules, refreshing.caller, grant.right),
    keyId: stillThere && participant.keyId !== undefined ? participant.keyId : keys.current,
  }
}

function seated(deps: RefreshDeps, refreshing: Refreshing, id: Participant['id'], grant: Grant): Promise<boolean> {
  const { stage, key, now, log } = refreshing
  const { seatLeaseSeconds: leaseSeconds } = deps.config.limits
  const tokenExpiresAt = expiryOf(refreshing, grant)
  const publisher = { stage, userId: key.userId, rank: grant.right.rank, tokenExpiresAt, leaseSeconds, now }
  return takeSeat(deps, publisher, id, [], log)
}
