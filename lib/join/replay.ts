import { attributesFor } from '../grant/decide-grant.ts'
import type { Grant } from '../grant/grant.ts'
import type { Admitted } from '../participant/admission.ts'
import { RECENT_MS } from '../participant/admit.ts'
import { endReasonOf, type Participant } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { publishes } from '../seat/seat-wish.ts'
import { takeSeat } from '../seat/take-seat.ts'
import { type EpochMs, secondsOf, secondsOfMinutes } from '../time.ts'
import { type JoinDeps, type Joined, type Joining, type JoinRefusal, publisherOf } from './joining.ts'
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
  if (!isStillGranted(participant, grant, joining.now)) return refuse({ code: 'conflict' })
  // Without a key of ours there is nothing to sign with: this deployment makes its tokens otherwise by now.
  if (deps.tokens.mode !== 'key-pair' || participant.keyId === undefined) return refuse({ code: 'conflict' })

  // The first attempt may have ended between recording the participant and taking its seat.
  const publisher = publisherOf(deps, joining, grant.right.rank, participant.expiresAt)
  if (publishes(participant) && !(await takeSeat(deps, publisher, participant.id, [], joining.log))) {
    return refuse({ code: 'publisher_seats_full' })
  }
  joining.log.note({ replayed: true, participantId: participant.id })
  const attributes = attributesFor(participant.attributes, joining.caller, participant.role)
  const { current, usable } = await deps.tokens.signer.keys()
  const keyId = usable.includes(participant.keyId) ? participant.keyId : current
  const answer = await signedAnswer(deps, joining, { ...grant, attributes }, { ...participant, keyId })
  return ok({ answer, replayed: true })
}

/** Whether the first answer lies within today's grant; its length is counted in whole minutes, so one may be missing. */
function isStillGranted(participant: Participant, grant: Grant, now: EpochMs): boolean {
  const { role, capabilities, mintedAt, duration } = participant
  const firstExpiry = secondsOf(mintedAt) + secondsOfMinutes(duration)
  if (firstExpiry >= secondsOf(now) + secondsOfMinutes(grant.duration + 1)) return false
  return role === grant.role && capabilities.join() === grant.capabilities.join()
}
