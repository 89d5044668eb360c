import { ok, type Result, refuse } from '../../../lib/result.ts'
import { refusal } from '../token/claims.ts'
import { participantOf } from '../world/find.ts'
import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import type { SideRefusal } from './refusal.ts'
import type { Joined, OfParticipant } from './side.ts'

export const joinedAs = ({ participantId, sessionId, stageArn }: ParticipantRecord): Joined => ({
  participantId,
  sessionId,
  stageArn,
})

/** The one connection a step is about. Replicas have no client of their own, so no step is ever about one. */
export function connected(world: World, step: OfParticipant): Result<ParticipantRecord, SideRefusal> {
  const found: ParticipantRecord[] = []
  for (const sessionId of world.live.sessionsOf(step.participantId)) {
    const one = participantOf(world, sessionId, step.participantId)
    const isMeant = step.stageArn === undefined || step.stageArn === one?.stageArn
    if (one && isMeant && one.replication !== 'REPLICA') found.push(one)
  }
  const [first] = found
  if (!first) return refuse(refusal('NOT_CONNECTED', 'no such participant is connected'))
  if (found.length > 1)
    return refuse(refusal('BAD_REQUEST', 'the id is connected to several stages: name the stageArn'))
  return ok(first)
}
