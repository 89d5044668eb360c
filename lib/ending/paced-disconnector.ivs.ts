import { DisconnectParticipantCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { isNotFound, ivsFault } from '../ivs/ivs-fault.ts'
import { type Patience, withQuota } from '../ivs/with-quota.ts'
import type { PacedDisconnector } from './carry-out.ts'

/** For an id that never joined IVS may answer 404 or 200; neither says that its token was revoked (IVS facts §4). */
export function createPacedDisconnector(
  client: Pick<IVSRealTimeClient, 'send'>,
  patience: Patience,
): PacedDisconnector {
  return {
    async disconnect({ stageArn, participantId, reason, priority }) {
      const input = { stageArn, participantId, reason }
      await withQuota(patience, 'DisconnectParticipant', priority, async () => {
        try {
          await client.send(new DisconnectParticipantCommand(input))
        } catch (error) {
          if (!isNotFound(error)) throw ivsFault(error, 'DisconnectParticipant')
        }
      })
    },
  }
}
