import { GetParticipantCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import type { ParticipantId } from '../ids.ts'
import { activeSession } from './active-session.ivs.ts'
import { isNotFound, ivsFault } from './ivs-fault.ts'
import type { Presence } from './presence.ts'

type Sender = Pick<IVSRealTimeClient, 'send'>

/** `state` says who is connected; `published` would say who ever published (IVS facts §5.5) and is not looked at. */
export function createPresence(client: Sender): Presence {
  return {
    async connected(stageArn, ids) {
      const sessionId = await activeSession(client, stageArn)
      if (sessionId === undefined) return new Set()
      const connected = new Set<ParticipantId>()
      // One after the other: they share five calls a second with everything else.
      for (const id of ids) {
        if (await isConnected(client, stageArn, sessionId, id)) connected.add(id)
      }
      return connected
    },
  }
}

async function isConnected(
  client: Sender,
  stageArn: string,
  sessionId: string,
  participantId: ParticipantId,
): Promise<boolean> {
  try {
    const answer = await client.send(new GetParticipantCommand({ stageArn, sessionId, participantId }))
    return answer.participant?.state === 'CONNECTED'
  } catch (error) {
    if (isNotFound(error)) return false
    throw ivsFault(error, 'GetParticipant')
  }
}
