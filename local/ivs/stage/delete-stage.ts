import { failForDeletedStage } from '../composition/life.ts'
import { leave } from '../participant/lifecycle.ts'
import { endReplication } from '../replication/replicas.ts'
import { findStage } from '../world/find.ts'
import type { World } from '../world/world.ts'
import { endSession } from './session.ts'

/** Works with people inside: everyone is out, and what pointed at the stage points nowhere. */
export function deleteStage(world: World, arn: string): void {
  const stage = findStage(world, arn)
  if (stage.activeSessionId !== undefined) {
    for (const one of [...world.participants.within(stage.activeSessionId)])
      if (one.state === 'CONNECTED') leave(world, one)
    endSession(world, stage.activeSessionId)
  }
  for (const ingest of [...world.ingests.values()])
    if (ingest.stageArn === arn) world.ingests.set(ingest.arn, { ...ingest, stageArn: '' })
  for (const replica of [...world.replicas.values()]) if (replica.sourceStageArn === arn) endReplication(world, replica)
  failForDeletedStage(world, arn)
  world.stages.delete(arn)
  world.deletedStages.set(arn, { arn })
}
