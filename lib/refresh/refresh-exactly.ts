import { Fault } from '../fault.ts'
import { decideGrant } from '../grant/decide-grant.ts'
import type { Grant, GrantRequest } from '../grant/grant.ts'
import { ownAttributes } from '../grant/right.ts'
import { MODERATOR_RANK } from '../grant/role.ts'
import { standingOf } from '../participant/admission.ts'
import { type Renewal, refreshable, renewed } from '../participant/refresh.ts'
import type { Narrowing, Participant, UserRecord } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { publishes, seatsKeyOf, seatWishOf } from '../seat/seat-wish.ts'
import { secondsOf } from '../time.ts'
import { expiryOf, type RefreshDeps, type Refreshing, type RefreshRefusal, type Renewed } from './refreshing.ts'

const ATTEMPTS = 4

/** Looks, decides on exactly what was seen, and writes over exactly that. A gained PUBLISH needs a seat, a lost one frees it. */
export async function refreshExactly(
  deps: RefreshDeps,
  refreshing: Refreshing,
  first: UserRecord | undefined,
): Promise<Result<Renewed, RefreshRefusal>> {
  const { key, participantId, stage, caller, now, log } = refreshing
  let seen = first ?? (await deps.participants.load(key))
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    deps.memory.remember(key, seen?.assigned?.role)
    const gap = deps.config.limits.refreshGapSeconds
    const found = refreshable(seen, participantId, stage.generation.number, gap, now)
    const known = seen?.participants.find(({ id }) => id === participantId)
    const request = requestOf(refreshing, known)
    const decided = decideGrant(refreshing.rules, caller, standingOf(seen), request, secondsOf(now))
    // The policy's "no" comes first: a banned user is told so, whatever became of the participant.
    if (!decided.ok) {
      log.note({ rule: decided.refusal.rule })
      return refuse(decided.refusal.refusal)
    }
    if (!found.ok) return found
    if (seen === undefined) return refuse({ code: 'participant_not_found' })
    const grant = decided.value
    if (!(await seated(deps, refreshing, found.value, grant))) return refuse({ code: 'publisher_seats_full' })
    const next = renewed(seen, found.value, renewalOf(refreshing, found.value, grant), now)
    if (await deps.participants.save(key, next.record, seen)) {
      if (publishes(found.value) && !publishes(grant)) await deps.seats.free(seatsKeyOf(stage), participantId)
      log.note({ rule: 'granted', path: 'exact' })
      return ok({ grant, participant: next.participant })
    }
    seen = await deps.participants.load(key)
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write it')
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
    keyId: stillThere && participant.keyId !== undefined ? participant.keyId : keys.current,
  }
}

async function seated(
  deps: RefreshDeps,
  { stage, key, now }: Refreshing,
  participant: Participant,
  grant: Grant,
): Promise<boolean> {
  if (publishes(participant) || !publishes(grant)) return true
  const moderator = grant.right.rank >= MODERATOR_RANK
  const wish = seatWishOf(stage, key.userId, moderator, deps.config.limits.seatLeaseSeconds, now)
  return (await deps.seats.take({ ...wish, id: participant.id, replaces: [] })).taken
}
