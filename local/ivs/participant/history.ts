import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'

/** Adds to what ListParticipantEvents answers. */
export function addEvent(
  world: World,
  participant: ParticipantRecord,
  name: string,
  detail: Readonly<Record<string, unknown>> = {},
): void {
  const seq = world.nextSeq()
  const { sessionId, participantId } = participant
  const replica = participant.replication === 'REPLICA' ? { replica: true } : {}
  const event = { sessionId, participantId, name, at: world.now, detail: { ...replica, ...detail }, seq }
  world.participantEvents.set(String(seq), event)
}
