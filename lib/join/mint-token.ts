import { endingsOf } from '../ending/endings-of.ts'
import type { Grant } from '../grant/grant.ts'
import type { Admitted } from '../participant/admission.ts'
import type { Participant } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import { publishes, seatsKeyOf } from '../seat/seat-wish.ts'
import { sendIfPossible, takeSeat } from '../seat/take-seat.ts'
import { secondsOf } from '../time.ts'
import { type JoinDeps, type Joined, type Joining, type JoinRefusal, publisherOf } from './joining.ts'
import type { SigningAhead } from './signing-ahead.ts'
import { vendedAnswer } from './token-of-join.ts'

type Admission = Admitted & { kind: 'admitted' }

/**
 * From an admission to a token: a seat for a publisher, then the token. The id is taken back if no seat or no token can be
 * had for it. Whom the admission displaced has ended whatever becomes of it, and is put out.
 */
export async function mintToken(
  deps: JoinDeps,
  joining: Joining,
  admitted: Admission,
  signing: Pick<SigningAhead, 'answerFor'>,
): Promise<Result<Joined, JoinRefusal>> {
  const { grant } = admitted
  let participant = admitted.participant
  try {
    const made =
      deps.tokens.mode === 'key-pair'
        ? ok({ participant, answer: undefined })
        : await vendedAnswer(deps, deps.tokens.vendor, joining, admitted)
    if (!made.ok) return made
    participant = made.value.participant
    if (publishes(grant) && !(await seated(deps, joining, admitted, participant))) {
      await deps.participants.forget(joining.key, participant, joining.now)
      return refuse({ code: 'publisher_seats_full' })
    }
    const answer = made.value.answer ?? (await signing.answerFor(grant, participant))
    joining.log.grant(grantLine(joining, grant, participant))
    return ok({ answer, replayed: false })
  } catch (fault) {
    await takeBack(deps, joining, participant)
    throw fault
  } finally {
    await putOut(deps, joining, admitted.displaced)
  }
}

/** As far as it can be: what stays is a lease that ends, and an id that no token was made for. */
async function takeBack(deps: JoinDeps, joining: Joining, participant: Participant): Promise<void> {
  const undone = [deps.participants.forget(joining.key, participant, joining.now)]
  if (publishes(participant)) undone.push(deps.seats.free(seatsKeyOf(joining.stage), participant.id))
  await Promise.allSettled(undone)
}

function seated(deps: JoinDeps, joining: Joining, admitted: Admission, participant: Participant): Promise<boolean> {
  const replaces = admitted.displaced.filter(publishes).map(({ id }) => id)
  const publisher = publisherOf(deps, joining, admitted.grant.right.rank, participant.expiresAt)
  return takeSeat(deps, publisher, participant.id, replaces, joining.log)
}

/**
 * The user's older participants have ended in our books; they are disconnected off this request's path. That this cannot
 * be noted down is no reason to keep the token from a caller who has a right to it: who is seen beyond theirs is put out.
 */
async function putOut(deps: JoinDeps, joining: Joining, displaced: readonly Participant[]): Promise<void> {
  const live = displaced.filter(({ expiresAt }) => expiresAt > secondsOf(joining.now))
  if (live.length > 0)
    await sendIfPossible(deps.endings, endingsOf(joining.stage, joining.key.userId, live, 'replaced'), joining.log)
}

function grantLine(joining: Joining, grant: Grant, participant: Participant) {
  return {
    userId: joining.key.userId,
    issuer: joining.caller.issuer,
    stageId: joining.stage.stageId,
    participantId: participant.id,
    role: grant.role,
    capabilities: grant.capabilities,
    slot: participant.slot,
    duration: grant.duration,
    rule: 'granted',
    source: grant.right.source,
  }
}
