import { notFound } from '../exception.ts'
import { cutOff, isStreaming, keysOf } from '../ingest/ingest.ts'
import { findStage, participantOf } from '../world/find.ts'
import type { IngestRecord } from '../world/records.ts'
import { onStageKey } from '../world/tables.ts'
import type { World } from '../world/world.ts'
import { leave } from './lifecycle.ts'

/** The ingest configuration that puts an id onto a stage; redundant ones have three ids, two of them with streams. */
function ingestOf(world: World, stageArn: string, participantId: string): IngestRecord | undefined {
  for (const ingest of world.ingests.values()) {
    const ids = [ingest.participantId, ...keysOf(ingest).map((key) => key.participantId)]
    if (ingest.stageArn === stageArn && ids.includes(participantId)) return ingest
  }
  return undefined
}

/** Throws a participant out and shuts the id out for good, whether it is connected now or only once was. */
export function disconnectByApi(world: World, stageArn: string, participantId: string): void {
  const stage = findStage(world, stageArn)
  const key = onStageKey(stageArn, participantId)
  const ingest = ingestOf(world, stageArn, participantId)
  const isKnown = world.joined.get(key) !== undefined || (ingest !== undefined && isStreaming(world, ingest))
  if (!isKnown && !world.assume.disconnectRevokesNeverJoined) throw notFound('participant')
  world.revoked.set(key, { at: world.now })
  if (ingest) {
    cutOff(world, ingest)
    world.ingests.set(ingest.arn, { ...ingest, stageArn: '' })
  }
  const connected = participantOf(world, stage.activeSessionId ?? '', participantId)
  if (connected?.state === 'CONNECTED') leave(world, connected)
}
