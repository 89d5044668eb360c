import { publishersChanged } from '../composition/life.ts'
import { emitStageUpdate } from '../events/emit.ts'
import { addEvent } from '../participant/history.ts'
import { beginPublishing, connect, disconnect, endPublishing, save } from '../participant/presence.ts'
import { participantOf } from '../world/find.ts'
import type { ParticipantRecord, ReplicaRecord, StageRecord } from '../world/records.ts'
import { onStageKey } from '../world/tables.ts'
import { cancelTimer, setTimer } from '../world/timers.ts'
import type { World } from '../world/world.ts'

const keyOf = (replica: ReplicaRecord) =>
  `${replica.sourceSessionId}/${replica.participantId}/${replica.destinationSessionId}`

/** Every replication of a participant out of a stage, running or over. */
export const replicationsOf = (world: World, stageArn: string, participantId: string): ReplicaRecord[] => [
  ...world.replicas.within(onStageKey(stageArn, participantId)),
]
const runningOf = (world: World, source: ParticipantRecord) =>
  replicationsOf(world, source.stageArn, source.participantId).filter(({ state }) => state === 'ACTIVE')

const replicaOf = (world: World, { destinationSessionId, participantId }: ReplicaRecord) =>
  participantOf(world, destinationSessionId, participantId)

/** Puts a publishing participant onto a second stage under the same id. The caller has checked that it may be there. */
export function beginReplication(
  world: World,
  source: ParticipantRecord,
  destination: StageRecord,
  options: { readonly windowSeconds: number; readonly attributes: Readonly<Record<string, string>> },
): void {
  const attributes = { ...source.grant.attributes, ...options.attributes }
  const grant = { ...source.grant, stageArn: destination.arn, attributes, capabilities: ['PUBLISH'] as const }
  const replica = connect(world, destination, grant, { replicaOf: source, protocol: source.protocol })
  const record: ReplicaRecord = {
    seq: world.nextSeq(),
    participantId: source.participantId,
    sourceStageArn: source.stageArn,
    sourceSessionId: source.sessionId,
    destinationStageArn: destination.arn,
    destinationSessionId: replica.sessionId,
    state: 'ACTIVE',
    windowSeconds: options.windowSeconds,
  }
  world.replicas.set(keyOf(record), record)
  tellSource(world, save(world, source, { replication: 'SOURCE', replicationState: 'ACTIVE' }), record, true)
  beginPublishing(world, replica)
  publishersChanged(world, destination.arn)
}

function tellSource(world: World, source: ParticipantRecord, replica: ReplicaRecord, isStart: boolean): void {
  const { destinationStageArn, destinationSessionId } = replica
  const name = isStart ? 'REPLICATION_STARTED' : 'REPLICATION_STOPPED'
  addEvent(world, source, name, { destinationStageArn, destinationSessionId })
  emitStageUpdate(world, source, isStart ? 'Participant Replication Start' : 'Participant Replication End', {
    destination_stage_arn: destinationStageArn,
    destination_session_id: destinationSessionId,
  })
}

export function endReplication(world: World, replica: ReplicaRecord): void {
  const key = keyOf(replica)
  if (world.replicas.get(key)?.state !== 'ACTIVE') return
  cancelTimer(world, 'replication-window', key)
  world.replicas.set(key, { ...replica, state: 'STOPPED' })
  const shown = replicaOf(world, replica)
  if (shown) {
    const gone = shown.state === 'CONNECTED' ? disconnect(world, shown) : shown
    save(world, gone, { replicationState: 'STOPPED' })
    publishersChanged(world, replica.destinationStageArn)
  }
  const source = participantOf(world, replica.sourceSessionId, replica.participantId)
  if (!source) return
  const isLast = runningOf(world, source).length === 0
  tellSource(world, isLast ? save(world, source, { replicationState: 'STOPPED' }) : source, replica, false)
}

/** Replicas do as their source does; when it stops, they wait as long as their window says. */
export function follow(world: World, source: ParticipantRecord): void {
  for (const replica of runningOf(world, source)) {
    if (replica.sourceSessionId !== source.sessionId) continue
    const shown = replicaOf(world, replica)
    if (source.publishingSince !== undefined) {
      cancelTimer(world, 'replication-window', keyOf(replica))
      if (shown?.state === 'CONNECTED') beginPublishing(world, shown)
    } else if (replica.windowSeconds === 0) endReplication(world, replica)
    else {
      if (shown) endPublishing(world, shown)
      setTimer(world, 'replication-window', keyOf(replica), world.now + replica.windowSeconds * 1000)
    }
    publishersChanged(world, replica.destinationStageArn)
  }
}

export function windowOver(world: World, key: string): void {
  const replica = world.replicas.get(key)
  if (replica) endReplication(world, replica)
}

/** A replica was thrown out of its stage: the replication behind it is over. */
export function endReplicationInto(world: World, shown: ParticipantRecord): void {
  if (!shown.source) return
  for (const replica of replicationsOf(world, shown.source.stageArn, shown.participantId))
    if (replica.destinationSessionId === shown.sessionId) endReplication(world, replica)
}
