import { ok, refuse } from '../../../lib/result.ts'
import { isoOfMs } from '../../../lib/time.ts'
import { emitStageUpdate } from '../events/emit.ts'
import { addEvent } from '../participant/history.ts'
import * as lifecycle from '../participant/lifecycle.ts'
import { save } from '../participant/presence.ts'
import { refusal } from '../token/claims.ts'
import { verifyToken } from '../token/verify.ts'
import type { Grant, ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { connected, joinedAs } from './connected.ts'
import { stageFor } from './join.ts'
import type { Joined, OfParticipant, SideResult } from './side.ts'

const inHistory = (grant: Grant) => ({
  capabilities: grant.capabilities,
  attributes: grant.attributes,
  userId: grant.userId,
  expirationTime: isoOfMs(grant.expiresAt),
})
const inEvent = (grant: Grant) => ({
  capabilities: grant.capabilities,
  attributes: grant.attributes,
  user_id: grant.userId,
  expiration_time: isoOfMs(grant.expiresAt),
})

/**
 * A connected participant changes tokens. What may not differ (stage, id, endpoints) the SDK refuses on the spot; what the
 * service refuses makes the participant leave, as the web SDK does.
 */
export function exchange(world: World, step: OfParticipant & { token: unknown }): SideResult<Joined> {
  const found = connected(world, step)
  if (!found.ok) return found
  const one = found.value
  const verified = verifyToken(world, step.token)
  const next = verified.ok ? verified.value.grant : undefined
  if (next?.digest === one.grant.digest) return ok(joinedAs(one))
  const isSelfSigned = one.grant.keyArn !== undefined && (next === undefined || next.keyArn !== undefined)
  if (!isSelfSigned)
    return refuse(refusal('TOKEN_EXCHANGE_REQUEST_INVALID', 'only self-signed tokens can be exchanged'))
  if (next && (next.stageArn !== one.stageArn || next.participantId !== one.participantId))
    return refuse(refusal('TOKEN_EXCHANGE_REQUEST_INVALID', 'the new token is for another stage or participant'))
  if (!verified.ok || !stageFor(world, verified.value).ok || !next)
    return failed(world, one, 'the service refused the new token')
  if (world.assume.exchangeNeedsSameKey && next.keyArn !== one.grant.keyArn)
    return failed(world, one, 'the new token is signed by another key')
  return ok(joinedAs(take(world, one, next)))
}

function failed(world: World, one: ParticipantRecord, detail: string): SideResult<Joined> {
  lifecycle.leave(world, one)
  return refuse(refusal('TOKEN_EXCHANGE_FAILED', detail))
}

function take(world: World, before: ParticipantRecord, grant: Grant): ParticipantRecord {
  if (world.assume.exchangeKillsOldToken) world.spentTokens.set(before.grant.digest, { at: world.now })
  const one = save(world, before, { grant })
  addEvent(world, one, 'TOKEN_EXCHANGED', { previousToken: inHistory(before.grant), newToken: inHistory(grant) })
  emitStageUpdate(world, one, 'Token Exchanged', { previous_token: inEvent(before.grant), new_token: inEvent(grant) })
  return grant.capabilities.includes('PUBLISH') ? one : lifecycle.unpublish(world, one)
}
