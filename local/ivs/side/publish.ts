import { ok, refuse } from '../../../lib/result.ts'
import { emitPublishError } from '../events/emit.ts'
import { isFullOfPublishers } from '../participant/capacity.ts'
import { addEvent } from '../participant/history.ts'
import * as lifecycle from '../participant/lifecycle.ts'
import { refusal } from '../token/claims.ts'
import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { connected, joinedAs } from './connected.ts'
import type { Joined, OfParticipant, SideResult } from './side.ts'

const MEDIA_ERRORS = new Set([
  'BITRATE_EXCEEDED',
  'RESOLUTION_EXCEEDED',
  'STREAM_DURATION_EXCEEDED',
  'INVALID_AUDIO_CODEC',
  'INVALID_VIDEO_CODEC',
  'INVALID_PROTOCOL',
  'B_FRAME_PRESENT',
  'INVALID_INPUT',
  'INTERNAL_SERVER_EXCEPTION',
])

function publishFails(world: World, one: ParticipantRecord, errorCode: string): void {
  addEvent(world, one, 'PUBLISH_ERROR', { errorCode })
  emitPublishError(world, one, errorCode)
}

/** Capacity counts when someone publishes, not when the token is minted. */
export function publish(world: World, step: OfParticipant): SideResult<Joined> {
  const found = connected(world, step)
  if (!found.ok) return found
  const one = found.value
  if (one.publishingSince !== undefined) return ok(joinedAs(one))
  if (!one.grant.capabilities.includes('PUBLISH')) {
    publishFails(world, one, 'INSUFFICIENT_CAPABILITIES')
    return refuse(refusal('TOKEN_NOT_ALLOWED', 'the token does not allow publishing'))
  }
  if (isFullOfPublishers(world, one.sessionId)) {
    publishFails(world, one, 'QUOTA_EXCEEDED')
    return refuse(refusal('STAGE_AT_CAPACITY', 'there are as many publishers as there may be'))
  }
  return ok(joinedAs(lifecycle.publish(world, one)))
}

export function unpublish(world: World, step: OfParticipant): SideResult<Joined> {
  const found = connected(world, step)
  return found.ok ? ok(joinedAs(lifecycle.unpublish(world, found.value))) : found
}

export function publishError(world: World, step: OfParticipant & { errorCode: string }): SideResult<Joined> {
  const found = connected(world, step)
  if (!found.ok) return found
  if (!MEDIA_ERRORS.has(step.errorCode)) return refuse(refusal('BAD_REQUEST', 'errorCode is none a stream can cause'))
  publishFails(world, found.value, step.errorCode)
  return ok(joinedAs(lifecycle.unpublish(world, found.value)))
}
