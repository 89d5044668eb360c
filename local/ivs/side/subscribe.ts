import { ok, refuse } from '../../../lib/result.ts'
import { isFullOfSubscriptions } from '../participant/capacity.ts'
import { addEvent } from '../participant/history.ts'
import { save } from '../participant/presence.ts'
import { refusal } from '../token/claims.ts'
import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { connected } from './connected.ts'
import type { SideReason } from './refusal.ts'
import type { OfParticipant, SideResult } from './side.ts'

type Step = OfParticipant & { readonly remoteParticipantId?: string }
type Subscribed = SideResult<{ subscribed: readonly string[] }>

function fails(world: World, one: ParticipantRecord, code: SideReason, errorCode: string, remote?: string): Subscribed {
  addEvent(world, one, 'SUBSCRIBE_ERROR', { errorCode, ...(remote ? { remoteParticipantId: remote } : {}) })
  return refuse(refusal(code, 'the subscription was refused'))
}

export function subscribe(world: World, step: Step): Subscribed {
  const found = connected(world, step)
  if (!found.ok) return found
  const one = found.value
  const remote = step.remoteParticipantId
  const publishers = world.live.publishersOf(one.sessionId)
  if (world.assume.expiryCheckedOnSubscribe && one.grant.expiresAt <= world.now)
    return refuse(refusal('TOKEN_EXPIRED', 'the web SDK looks at exp again before each subscription'))
  if (!one.grant.capabilities.includes('SUBSCRIBE'))
    return fails(world, one, 'TOKEN_NOT_ALLOWED', 'INSUFFICIENT_CAPABILITIES', remote)
  if (remote !== undefined && (!publishers.has(remote) || remote === one.participantId))
    return fails(world, one, 'PUBLISHER_NOT_FOUND', 'PUBLISHER_NOT_FOUND', remote)
  const wanted = remote === undefined ? [...publishers].filter((id) => id !== one.participantId) : [remote]
  const added = wanted.filter((id) => !one.subscribedTo.includes(id))
  if (isFullOfSubscriptions(world, added.length))
    return fails(world, one, 'STAGE_AT_CAPACITY', 'QUOTA_EXCEEDED', remote)
  const next = save(world, one, { subscribedTo: [...one.subscribedTo, ...added] })
  for (const id of added) addEvent(world, next, 'SUBSCRIBE_STARTED', { remoteParticipantId: id })
  return ok({ subscribed: next.subscribedTo })
}

export function unsubscribe(world: World, step: Step): Subscribed {
  const found = connected(world, step)
  if (!found.ok) return found
  const one = found.value
  const gone = one.subscribedTo.filter(
    (id) => step.remoteParticipantId === undefined || id === step.remoteParticipantId,
  )
  const next = save(world, one, { subscribedTo: one.subscribedTo.filter((id) => !gone.includes(id)) })
  for (const id of gone) addEvent(world, next, 'SUBSCRIBE_STOPPED', { remoteParticipantId: id })
  return ok({ subscribed: next.subscribedTo })
}
