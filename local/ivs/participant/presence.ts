import { emitPublishing } from '../events/emit.ts'
import { recordingEnds, recordingStarts } from '../recording/recording.ts'
import type { ClientInfo } from '../side/side.ts'
import { openSession, reconsiderClosing } from '../stage/session.ts'
import type { Grant, ParticipantRecord, StageRecord } from '../world/records.ts'
import { onStageKey, participantKey } from '../world/tables.ts'
import { cancelTimer, setTimer } from '../world/timers.ts'
import type { World } from '../world/world.ts'
import { addEvent } from './history.ts'

/** The cap on any one publish. */
const PUBLISH_LIMIT_MS = 24 * 60 * 60 * 1000

export const keyOfParticipant = (one: ParticipantRecord): string => participantKey(one.sessionId, one.participantId)

/** Replaces a participant's record and answers the new one. */
export function save(world: World, one: ParticipantRecord, change: Partial<ParticipantRecord>): ParticipantRecord {
  const next = { ...one, ...change }
  world.participants.set(keyOfParticipant(next), next)
  return next
}

export interface Arrival {
  readonly client?: ClientInfo | undefined
  readonly protocol?: ParticipantRecord['protocol'] | undefined
  readonly replicaOf?: ParticipantRecord
  readonly ingest?: { readonly arn: string; readonly redundant: boolean }
}

/** Puts a participant into a stage's session, opening one if need be. Who was connected under the id must be out already. */
export function connect(world: World, stage: StageRecord, grant: Grant, arrival: Arrival): ParticipantRecord {
  const { sessionId } = openSession(world, stage)
  const known = world.participants.get(participantKey(sessionId, grant.participantId))
  const { replicaOf, ingest } = arrival
  const joined = save(
    world,
    {
      stageArn: stage.arn,
      sessionId,
      participantId: grant.participantId,
      firstJoinTime: known?.firstJoinTime ?? world.now,
      published: known?.published ?? false,
      seq: known?.seq ?? world.nextSeq(),
      recording: known?.recording,
      replication: replicaOf ? 'REPLICA' : (known?.replication ?? 'NONE'),
      replicationState: replicaOf ? 'ACTIVE' : known?.replicationState,
      state: 'CONNECTED',
      grant,
      subscribedTo: [],
      client: arrival.client ?? {},
      protocol: arrival.protocol ?? 'UNKNOWN',
      ...(replicaOf ? { source: { stageArn: replicaOf.stageArn, sessionId: replicaOf.sessionId } } : {}),
      ...(ingest ? { ingestConfigurationArn: ingest.arn, redundantIngest: ingest.redundant } : {}),
    },
    {},
  )
  world.joined.set(onStageKey(stage.arn, grant.participantId), { sessionId })
  addEvent(world, joined, 'JOINED')
  reconsiderClosing(world, sessionId)
  return joined
}

/** Ends the connection, and before it whatever hung on it. */
export function disconnect(world: World, participant: ParticipantRecord): ParticipantRecord {
  let one = endPublishing(world, participant)
  for (const remote of one.subscribedTo) addEvent(world, one, 'SUBSCRIBE_STOPPED', { remoteParticipantId: remote })
  cancelTimer(world, 'ghost', keyOfParticipant(one))
  one = save(world, one, { state: 'DISCONNECTED', subscribedTo: [] })
  addEvent(world, one, 'LEFT')
  reconsiderClosing(world, one.sessionId)
  return one
}

/** The caller has checked capability and capacity. */
export function beginPublishing(world: World, participant: ParticipantRecord): ParticipantRecord {
  if (participant.publishingSince !== undefined) return participant
  const one = save(world, participant, { published: true, publishingSince: world.now })
  addEvent(world, one, 'PUBLISH_STARTED')
  emitPublishing(world, one, true)
  setTimer(world, 'publish-limit', keyOfParticipant(one), world.now + PUBLISH_LIMIT_MS)
  reconsiderClosing(world, one.sessionId)
  const recording = recordingStarts(world, one)
  return recording ? save(world, one, { recording }) : one
}

export function endPublishing(world: World, participant: ParticipantRecord): ParticipantRecord {
  if (participant.publishingSince === undefined) return participant
  cancelTimer(world, 'publish-limit', keyOfParticipant(participant))
  let one = save(world, participant, { publishingSince: undefined })
  addEvent(world, one, 'PUBLISH_STOPPED')
  emitPublishing(world, one, false)
  endSubscriptionsTo(world, one)
  reconsiderClosing(world, one.sessionId)
  const recording = recordingEnds(world, one, world.now - participant.publishingSince)
  if (recording) one = save(world, one, { recording })
  return one
}

function endSubscriptionsTo(world: World, publisher: ParticipantRecord): void {
  for (const viewer of [...world.participants.within(publisher.sessionId)]) {
    if (!viewer.subscribedTo.includes(publisher.participantId)) continue
    const subscribedTo = viewer.subscribedTo.filter((id) => id !== publisher.participantId)
    addEvent(world, save(world, viewer, { subscribedTo }), 'SUBSCRIBE_STOPPED', {
      remoteParticipantId: publisher.participantId,
    })
  }
}
