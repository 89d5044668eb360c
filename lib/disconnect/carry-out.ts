import * as z from 'zod/mini'
import type { ParticipantId, StageUid } from '../ids.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { Disconnect, Disconnector } from './disconnects.ts'

const Message = z.array(
  z.strictObject({
    stageUid: z.string(),
    generation: z.int(),
    stageArn: z.string(),
    participantId: z.string(),
    reason: z.enum(['kicked', 'banned', 'replaced', 'left', 'lapsed', 'demoted']),
    freesSeat: z.boolean(),
  }),
)

/** Throws on anything this product did not put into the queue: such a message ends with the dead letters. */
export const parseDisconnects = (body: string): readonly Disconnect[] =>
  Message.parse(JSON.parse(body)).map((one) => ({
    ...one,
    stageUid: one.stageUid as StageUid,
    participantId: one.participantId as ParticipantId,
  }))

export interface CarryOutDeps {
  readonly disconnector: Disconnector
  readonly seats: Pick<SeatStore, 'free'>
}

/** Disconnects each, then frees its seat. Throws at the first that fails: all of it is idempotent and comes again. */
export async function carryOut(deps: CarryOutDeps, disconnects: readonly Disconnect[]): Promise<void> {
  for (const { stageUid, generation, stageArn, participantId, reason, freesSeat } of disconnects) {
    await deps.disconnector.disconnect(stageArn, participantId, reason)
    if (freesSeat) await deps.seats.free({ stageUid, generation }, participantId)
  }
}
