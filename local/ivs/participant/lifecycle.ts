import { publishersChanged } from '../composition/life.ts'
import { endReplicationInto, follow } from '../replication/replicas.ts'
import { participantOf } from '../world/find.ts'
import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { beginPublishing, disconnect, endPublishing } from './presence.ts'

/** What someone's publishing or leaving brings about beyond themselves: replicas follow, compositions start to wait. */
function ripple(world: World, one: ParticipantRecord): ParticipantRecord {
  follow(world, one)
  publishersChanged(world, one.stageArn)
  return participantOf(world, one.sessionId, one.participantId) ?? one
}

export const publish = (world: World, one: ParticipantRecord): ParticipantRecord =>
  ripple(world, beginPublishing(world, one))

export const unpublish = (world: World, one: ParticipantRecord): ParticipantRecord =>
  one.publishingSince === undefined ? one : ripple(world, endPublishing(world, one))

/** For everyone who is connected, replicas included. */
export function leave(world: World, one: ParticipantRecord): ParticipantRecord {
  const gone = disconnect(world, one)
  if (one.replication === 'REPLICA') endReplicationInto(world, gone)
  return one.publishingSince === undefined ? gone : ripple(world, gone)
}
