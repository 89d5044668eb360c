import type { Patience } from '../ivs/with-quota.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import { createSeatDesk, type SeatDesk } from '../seat/seat-desk.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { Clock } from '../time.ts'
import { presenceOnDemand } from './on-demand.ts'

/** A desk that asks IVS, and ends in the books whoever's seat it gives away. */
export function openSeatDesk(
  stores: { readonly seats: SeatStore; readonly participants: ParticipantStore },
  clock: Clock,
  patience: Patience,
): SeatDesk {
  return createSeatDesk({
    seats: stores.seats,
    presence: presenceOnDemand(patience),
    end: async ({ stageUid }, { id, lease }) => {
      await stores.participants.end({ stageUid, userId: lease.userId }, id, 'lapsed', clock())
    },
  })
}
