import { DisconnectParticipantCommand } from '@aws-sdk/client-ivs-realtime'
import { isNotFound, ivsFault } from '../ivs/ivs-fault.ts'
import type { MeteredBy } from '../ivs/metered.ivs.ts'
import type { Disconnector } from './disconnector.ts'

/** For an id that never joined IVS may answer 404 or 200; neither says that its token was revoked (IVS facts §4). */
export function createDisconnector(by: MeteredBy): Disconnector {
  return {
    async disconnect({ stageArn, participantId, reason, priority }) {
      try {
        await by(priority).send(new DisconnectParticipantCommand({ stageArn, participantId, reason }))
      } catch (error) {
        if (!isNotFound(error)) throw ivsFault(error, 'DisconnectParticipant')
      }
    },
  }
}
