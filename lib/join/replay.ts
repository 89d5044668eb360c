import { attributesFor } from '../grant/decide-grant.ts'
import { MODERATOR_RANK } from '../grant/role.ts'
import type { Admitted } from '../participant/admission.ts'
import { RECENT_MS } from '../participant/admit.ts'
import { endReasonOf } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { publishes, seatWishOf } from '../seat/seat-wish.ts'
import { secondsOf } from '../time.ts'
import type { JoinDeps, Joined, Joining, JoinRefusal } from './join.ts'
import { hashOf } from './minting.ts'
import { signedAnswer } from './token-of-join.ts'

/**
 * The answer to a key that was used before: the same participant, signed again from its first mint. Policy has run again
 * for it; an id that ended is not revived, and a right that changed is not hidden behind an old answer.
 */
export async function replay(
  deps: JoinDeps,
  joining: Joining,
  { participant, record, grant }: Admitted & { kind: 'replay' },
): Promise<Result<Joined, JoinRefusal>> {
  if (participant.requestHash !== hashOf(joining.request)) return refuse({ code: 'idempotency_conflict' })
  if (participant.reserved) {
    const inProgress = participant.mintedAt > joining.now - RECENT_MS
    return refuse({ code: inProgress ? 'idempotency_in_progress' : 'conflict' })
  }
  const reason = endReasonOf(record, participant, secondsOf(joining.now))
  if (reason !== undefined) return refuse({ code: 'participant_ended', reason })
  const sameRight = participant.role === grant.role && participant.capabilities.join() === grant.capabilities.join()
  if (!sameRight) return refuse({ code: 'conflict' })

  if (publishes(participant) && !(await seatAgain(deps, joining, participant.id, grant.right.rank))) {
    return refuse({ code: 'publisher_seats_full' })
  }
  joining.log.note({ replayed: true, participantId: participant.id })
  const attributes = attributesFor(participant.attributes, joining.caller, participant.role)
  return ok({ answer: await signedAnswer(deps, joining, { ...grant, attributes }, participant), replayed: true })
}

/** The first attempt may have ended between recording the participant and taking its seat. */
async function seatAgain(
  deps: JoinDeps,
  joining: Joining,
  id: Parameters<JoinDeps['seats']['take']>[0]['id'],
  rank: number,
): Promise<boolean> {
  const { stage, key, now } = joining
  const wish = seatWishOf(stage, key.userId, rank >= MODERATOR_RANK, deps.config.limits.seatLeaseSeconds, now)
  return (await deps.seats.take({ ...wish, id, replaces: [] })).taken
}
