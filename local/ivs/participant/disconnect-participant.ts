import { notFound } from '../exception.ts'
import { findStage, participantOf } from '../world/find.ts'
import { onStageKey } from '../world/tables.ts'
import type { World } from '../world/world.ts'
import { leave } from './lifecycle.ts'

/** Throws a participant out and shuts the id out for good, whether it is connected now or only once was. */
export function disconnectByApi(world: World, stageArn: string, participantId: string): void {
  const stage = findStage(world, stageArn)
  const key = onStageKey(stageArn, participantId)
  if (!world.joined.get(key) && !world.assume.disconnectRevokesNeverJoined) throw notFound('participant')
  world.revoked.set(key, { at: world.now })
  const ingest = [...world.ingests.values()].find(
    (one) => one.participantId === participantId && one.stageArn === stageArn,
  )
  if (ingest) world.ingests.set(ingest.arn, { ...ingest, stageArn: '' })
  const connected = stage.activeSessionId && participantOf(world, stage.activeSessionId, participantId)
  if (connected && connected.state === 'CONNECTED') leave(world, connected)
}
