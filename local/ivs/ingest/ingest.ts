import { leave } from '../participant/lifecycle.ts'
import { participantOf } from '../world/find.ts'
import { randomId, randomText } from '../world/identifiers.ts'
import type { IngestRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'

const SECRET_LENGTH = 32

/** A stream key as long-lived and as secret as IVS's. */
export const newStreamKey = (world: World): string =>
  `rt_${world.account}_${world.region}_${randomId(world)}_${randomText(world, SECRET_LENGTH)}`

export const newCredentials = (world: World): IngestRecord['credentials'] =>
  [1, 2].map(() => ({ participantId: randomId(world), streamKey: newStreamKey(world) }))

/** Keys that work now, each with the participant it makes: two of them where ingest is redundant. */
export const keysOf = (ingest: IngestRecord): IngestRecord['credentials'] =>
  ingest.redundant ? ingest.credentials : [{ participantId: ingest.participantId, streamKey: ingest.streamKey }]

function connectionsOf(world: World, ingest: IngestRecord) {
  const sessionId = world.stages.get(ingest.stageArn)?.activeSessionId ?? ''
  return keysOf(ingest)
    .map(({ participantId }) => participantOf(world, sessionId, participantId))
    .filter((one) => one?.state === 'CONNECTED')
}

export const isStreaming = (world: World, ingest: IngestRecord): boolean => connectionsOf(world, ingest).length > 0

export function cutOff(world: World, ingest: IngestRecord): void {
  for (const one of connectionsOf(world, ingest)) if (one) leave(world, one)
}
