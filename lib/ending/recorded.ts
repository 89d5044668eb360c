import type { ParticipantStore } from '../participant/participant-store.ts'
import { endReasonOf, participantOf } from '../participant/user-record.ts'
import { type Clock, secondsOf } from '../time.ts'
import type { DemotionDeps } from './settle-demotion.ts'

/** A message may be here by so much before the deadline, by the clock of whoever set it. */
const CLOCKS_DIFFER_MS = 2_000

/** What a demotion asks of the user's record, and does to it. */
export function recordedIn(
  participants: Pick<ParticipantStore, 'load' | 'end'>,
  clock: Clock,
): Pick<DemotionDeps, 'recorded' | 'end'> {
  return {
    async recorded({ stageUid, userId, participantId }) {
      const record = await participants.load({ stageUid, userId })
      const participant = record && participantOf(record, participantId)
      if (record === undefined || participant === undefined) return undefined
      const reason = endReasonOf(record, participant, secondsOf(clock()))
      // Expiry is checked when joining alone (IVS facts §12.1): whoever joined in time is there still.
      const mayBeThere = reason === undefined || (reason === 'lapsed' && participant.ended === undefined)
      if (!mayBeThere && reason !== 'demoted') return undefined
      const { capabilities, refreshedAt, grace } = participant
      const renewed = refreshedAt !== undefined && refreshedAt !== grace?.refreshedAt
      const left = (grace?.until ?? 0) - clock()
      return {
        capabilities,
        ended: !mayBeThere,
        ...(left > CLOCKS_DIFFER_MS && { putOffSeconds: Math.ceil(left / 1000) }),
        ...(renewed && { renewedAt: refreshedAt }),
      }
    },
    async end({ stageUid, userId, participantId }) {
      await participants.end({ stageUid, userId }, participantId, 'demoted', clock())
    },
  }
}
