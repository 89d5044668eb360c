import { ok, refuse } from '../../../lib/result.ts'
import { keysOf } from '../ingest/ingest.ts'
import { isFullOfPublishers } from '../participant/capacity.ts'
import { addEvent } from '../participant/history.ts'
import * as lifecycle from '../participant/lifecycle.ts'
import { connect } from '../participant/presence.ts'
import { refusal } from '../token/claims.ts'
import { participantOf } from '../world/find.ts'
import type { Grant, IngestRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { joinedAs } from './connected.ts'
import type { Joined, SideResult } from './side.ts'

interface Keyed {
  readonly ingest: IngestRecord
  readonly participantId: string
}

function ofKey(world: World, streamKey: unknown): Keyed | undefined {
  for (const ingest of world.ingests.values()) {
    const key = keysOf(ingest).find((one) => one.streamKey === streamKey)
    if (key) return { ingest, participantId: key.participantId }
  }
  return undefined
}

/** A stream key never runs out and never subscribes. */
const grantOf = ({ ingest, participantId }: Keyed): Grant => ({
  stageArn: ingest.stageArn,
  participantId,
  userId: ingest.userId,
  attributes: ingest.attributes,
  capabilities: ['PUBLISH'],
  expiresAt: Number.MAX_SAFE_INTEGER,
  digest: '',
})

const unknownKey = () => refuse(refusal('STREAM_KEY_INVALID', 'the stream key belongs to no stage'))

/** An encoder connects and publishes in one. */
export function ingest(world: World, step: { streamKey: unknown; protocol?: 'RTMP' | 'RTMPS' }): SideResult<Joined> {
  const keyed = ofKey(world, step.streamKey)
  const stage = keyed && world.stages.get(keyed.ingest.stageArn)
  if (!keyed || !stage) return unknownKey()
  const { protocol, arn, redundant } = keyed.ingest
  if (step.protocol !== undefined && step.protocol !== protocol)
    return refuse(refusal('BAD_REQUEST', 'the ingest configuration is for the other protocol'))
  const before = participantOf(world, stage.activeSessionId ?? '', keyed.participantId)
  if (before?.state === 'CONNECTED') {
    addEvent(world, before, 'PUBLISH_ERROR', { errorCode: 'REUSE_OF_STREAM_KEY' })
    return refuse(refusal('STREAM_KEY_IN_USE', 'the stream key is streaming already'))
  }
  if (isFullOfPublishers(world, stage.activeSessionId))
    return refuse(refusal('STAGE_AT_CAPACITY', 'there are as many publishers as there may be'))
  const one = connect(world, stage, grantOf(keyed), { protocol, ingest: { arn, redundant } })
  return ok(joinedAs(lifecycle.publish(world, one)))
}

export function stopIngest(world: World, step: { streamKey: unknown }): SideResult<Joined> {
  const keyed = ofKey(world, step.streamKey)
  if (!keyed) return unknownKey()
  const sessionId = world.stages.get(keyed.ingest.stageArn)?.activeSessionId ?? ''
  const one = participantOf(world, sessionId, keyed.participantId)
  if (one?.state !== 'CONNECTED') return refuse(refusal('NOT_CONNECTED', 'the stream key is not streaming'))
  return ok(joinedAs(lifecycle.leave(world, one)))
}
