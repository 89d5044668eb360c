import type { Capability } from '../grant/role.ts'
import { parseParticipantId, parseUserId } from '../ids.ts'
import type { Sighting } from '../participant/sighting.ts'
import type { UserKey } from '../participant/user-record.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import type { StageEvent } from './stage-event.ts'

export type PublishingEvent = Extract<StageEvent, { kind: 'published' | 'unpublished' }>
type ExchangeEvent = Extract<StageEvent, { kind: 'token_exchanged' }>

export const isPublishing = (event: StageEvent): event is PublishingEvent =>
  event.kind === 'published' || event.kind === 'unpublished'

/** In whose record the event's participant is to be looked for; nothing where it names no possible user. */
export function userKeyOf({ stageUid }: StageOfArn, event: StageEvent): UserKey | undefined {
  const userId = parseUserId('userId' in event ? event.userId : undefined)
  return userId.ok ? { stageUid, userId: userId.value } : undefined
}

/**
 * What an event says of a participant's being there. A replica carries the id of another stage's participant: nothing of this
 * stage's grants is about it (IVS facts §11.2). Whoever stops publishing may be gone: that they are still there is for a sweep
 * to say, and until then they do not count.
 */
export function sightingOf(event: StageEvent): Sighting | undefined {
  if (!isPublishing(event) && event.kind !== 'token_exchanged') return undefined
  const id = parseParticipantId(event.participantId)
  if (!id.ok || event.replica) return undefined
  const capabilities = capabilitiesIn(event)
  return { id: id.value, connected: event.kind !== 'unpublished', at: event.at, ...(capabilities && { capabilities }) }
}

function capabilitiesIn(event: PublishingEvent | ExchangeEvent): readonly Capability[] | undefined {
  if (event.kind === 'token_exchanged') return event.next.capabilities
  return event.kind === 'published' ? ['PUBLISH'] : undefined
}
