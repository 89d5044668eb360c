import { ok, type Result, refuse } from '../../../lib/result.ts'
import { isFullOfSubscribers } from '../participant/capacity.ts'
import { leave } from '../participant/lifecycle.ts'
import { connect } from '../participant/presence.ts'
import { refusal } from '../token/claims.ts'
import { type Verified, verifyToken } from '../token/verify.ts'
import { participantOf } from '../world/find.ts'
import type { StageRecord } from '../world/records.ts'
import { onStageKey } from '../world/tables.ts'
import type { World } from '../world/world.ts'
import { joinedAs } from './connected.ts'
import type { SideRefusal } from './refusal.ts'
import type { Side, SideResult } from './side.ts'

/** The stage a verified token is for, or why it no longer opens it. */
export function stageFor(world: World, { grant, eventsUrl, whipUrl }: Verified): Result<StageRecord, SideRefusal> {
  const stage = world.stages.get(grant.stageArn)
  if (!stage) {
    if (world.deletedStages.get(grant.stageArn)) return refuse(refusal('STAGE_DELETED', 'the stage was deleted'))
    return refuse(refusal('TOKEN_INVALID', 'resource names no stage'))
  }
  if (eventsUrl !== stage.endpoints.events || whipUrl !== stage.endpoints.whip)
    return refuse(refusal('TOKEN_INVALID', 'events_url or whip_url are not the stage’s'))
  if (world.assume.disconnectedIdRefused && world.revoked.get(onStageKey(stage.arn, grant.participantId)))
    return refuse(refusal('PARTICIPANT_DISCONNECTED', 'the participant was disconnected through the API'))
  return ok(stage)
}

/** One connection per participant: who holds it already is thrown out, but only by someone who gets in. */
export function join(world: World, step: Parameters<Side['join']>[0]): SideResult<ReturnType<typeof joinedAs>> {
  const verified = verifyToken(world, step.token)
  if (!verified.ok) return verified
  const { grant } = verified.value
  const stage = stageFor(world, verified.value)
  if (!stage.ok) return stage
  const session = stage.value.activeSessionId
  const before = session === undefined ? undefined : participantOf(world, session, grant.participantId)
  const holder = before?.state === 'CONNECTED' ? before : undefined
  if (holder?.replication === 'REPLICA')
    return refuse(refusal('BAD_REQUEST', 'the participant is on this stage as a replica'))
  const beside = holder?.grant.capabilities.includes('SUBSCRIBE') ? 1 : 0
  if (grant.capabilities.includes('SUBSCRIBE') && isFullOfSubscribers(world, session, beside))
    return refuse(refusal('STAGE_AT_CAPACITY', 'the stage has as many subscribers as it may have'))
  if (holder) leave(world, holder)
  return ok(joinedAs(connect(world, stage.value, grant, { client: step.client, protocol: step.protocol })))
}
