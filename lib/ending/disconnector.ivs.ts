import { DisconnectParticipantCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { isNotFound, ivsFault } from '../ivs/ivs-fault.ts'
import type { Disconnector } from './disconnector.ts'

/** For an id that never joined IVS may answer 404 or 200; neither says that its token was revoked (IVS facts §4). */
export function createDisconnector(client: Pick<IVSRealTimeClient, 'send'>): Disconnector {
  return {
    async disconnect({ stageArn, participantId, reason }) {
      try {
        await client.send(new DisconnectParticipantCommand({ stageArn, participantId, reason }))
      } catch (error) {
        if (!isNotFound(error)) throw ivsFault(error, 'DisconnectParticipant')
      }
    },
  }
}
