import { conflict, invalid, notFound, overQuota } from '../exception.ts'
import type { replicationRows } from '../model/replication.ts'
import { isFullOfPublishers } from '../participant/capacity.ts'
import { attributesFit } from '../token/attributes.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { findStage, participantOf } from '../world/find.ts'
import type { ParticipantRecord, ReplicaRecord, StageRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { beginReplication, endReplication, replicationsOf } from './replicas.ts'

/** Not adjustable. */
const MAX_REPLICATIONS = 5
const PAGE = 50

const detail = ({ state, seq: _seq, windowSeconds: _window, ...replica }: ReplicaRecord) => ({
  ...replica,
  replicationState: state,
})

/** Who can be replicated: someone connected, publishing, and there in person. */
function sourceOf(world: World, stage: StageRecord, participantId: string): ParticipantRecord {
  const one = participantOf(world, stage.activeSessionId ?? '', participantId)
  if (one?.state !== 'CONNECTED') throw notFound('participant')
  if (one.replication === 'REPLICA') throw conflict('The participant is a replica.')
  if (one.publishingSince === undefined) throw conflict('The participant does not publish.')
  return one
}

function checkDestination(world: World, destination: StageRecord, participantId: string): void {
  const there = participantOf(world, destination.activeSessionId ?? '', participantId)
  if (there?.state === 'CONNECTED') throw conflict('The participant is on the destination stage already.')
  if (isFullOfPublishers(world, destination.activeSessionId))
    throw overQuota('The destination stage has as many publishers as it may have.')
}

export const replicationEffects: Effects<typeof replicationRows> = {
  StartParticipantReplication(world, input) {
    const { sourceStageArn, destinationStageArn, participantId, attributes = {}, reconnectWindowSeconds = 0 } = input
    if (sourceStageArn === destinationStageArn) throw invalid('Source and destination are the same stage.')
    if (!attributesFit(attributes, world.assume)) throw invalid('The attributes exceed 1 KB.')
    const stage = findStage(world, sourceStageArn)
    const destination = findStage(world, destinationStageArn)
    const source = sourceOf(world, stage, participantId)
    checkDestination(world, destination, participantId)
    const running = replicationsOf(world, sourceStageArn, participantId).filter(({ state }) => state === 'ACTIVE')
    if (running.length >= MAX_REPLICATIONS) throw overQuota('The participant has as many replicas as it may have.')
    beginReplication(world, source, destination, { windowSeconds: reconnectWindowSeconds, attributes })
    return {}
  },

  StopParticipantReplication(world, { sourceStageArn, destinationStageArn, participantId }) {
    findStage(world, sourceStageArn)
    const running = replicationsOf(world, sourceStageArn, participantId).find(
      (replica) => replica.state === 'ACTIVE' && replica.destinationStageArn === destinationStageArn,
    )
    if (!running) throw notFound('participant replication')
    endReplication(world, running)
    return {}
  },

  ListParticipantReplicas(world, input) {
    const { sourceStageArn, participantId } = input
    if (!world.stages.get(sourceStageArn) && world.assume.listsOfMissing === 'not-found') throw notFound('stage')
    const list = `ListParticipantReplicas ${sourceStageArn} ${participantId}`
    const { items, nextToken } = pageOf(list, replicationsOf(world, sourceStageArn, participantId), input, PAGE)
    return { replicas: items.map(detail), nextToken }
  },
}
