import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { beginPublishing, disconnect, endPublishing } from './presence.ts'

/** What someone's publishing or leaving brings about beyond themselves. */
export function publish(world: World, participant: ParticipantRecord): ParticipantRecord {
  return beginPublishing(world, participant)
}

export function unpublish(world: World, participant: ParticipantRecord): ParticipantRecord {
  return endPublishing(world, participant)
}

export function leave(world: World, participant: ParticipantRecord): ParticipantRecord {
  return disconnect(world, participant)
}
