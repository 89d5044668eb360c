import type { Ending, Endings } from '../ending/ending.ts'
import { Fault } from '../fault.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { ParticipantId } from '../ids.ts'
import type { SeatDesk } from './seat-desk.ts'
import { type Publisher, seatWishOf } from './seat-wish.ts'

export interface SeatDeps {
  readonly seats: Pick<SeatDesk, 'take'>
  readonly endings: Pick<Endings, 'send'>
}

/**
 * Takes a seat for a participant, or says that there is none. Whoever lost theirs for it has ended and was not there when
 * IVS was asked; should they turn up in between, the queue puts them out, and that this cannot be noted down is no reason
 * to refuse the seat.
 * @param replaces ended participants of the same user, whose seats this one takes over
 */
export async function takeSeat(
  deps: SeatDeps,
  publisher: Publisher,
  id: ParticipantId,
  replaces: readonly ParticipantId[],
  log: RequestLog,
): Promise<boolean> {
  const wish = seatWishOf(publisher)
  const { taken, evicted } = await log.time('seat', () => deps.seats.take({ ...wish, id, replaces }))
  const { stageId } = publisher.stage
  const ended = evicted.map(
    (one): Ending => ({
      ...{ ...wish.key, stageId, stageArn: wish.stageArn },
      participantId: one.id,
      userId: one.lease.userId,
      reason: 'lapsed',
      priority: 'leave',
      freesSeat: false,
      expiresAt: one.lease.tokenExpiresAt,
    }),
  )
  if (ended.length > 0) await sendIfPossible(deps.endings, ended, log)
  return taken
}

/** Notes down who must be off, as far as that can be done; what is left undone is said in the log. */
export async function sendIfPossible(
  endings: Pick<Endings, 'send'>,
  ended: readonly Ending[],
  log: RequestLog,
): Promise<void> {
  try {
    await endings.send(ended)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    log.note({ path: 'endings_unsent' })
  }
}
