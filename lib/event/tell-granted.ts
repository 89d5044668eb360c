import type { DomainEvent, DomainEvents } from '../domain-event/domain-event.ts'
import { happeningId } from '../domain-event/event-id.ts'
import type { UserId } from '../ids.ts'
import type { Participant } from '../participant/user-record.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { type EpochMicros, isoOfMs, msOfMicros } from '../time.ts'

/** A participant of ours that is seen for the first time. */
export interface First {
  readonly userId: UserId
  readonly participant: Participant
  readonly at: EpochMicros
}

/**
 * Tells who was let in, once they are first seen. Before the sighting is written: it is the mark that this was told, so that
 * whoever is cut off in between leaves it to the next who sees them. Throws `Fault`.
 */
export async function tellGranted(events: DomainEvents, stage: StageOfArn, firsts: readonly First[]): Promise<void> {
  const latestFirst = firsts.toSorted((one, other) => other.at - one.at)
  const each = new Map(latestFirst.map((first) => [first.participant.id, first]))
  if (each.size > 0) await events.publish([...each.values()].map((first) => grantHappening(stage, first)))
}

/** An id may be made again after a reset, by the same idempotency key: that is another grant. */
function grantHappening({ stageId, stageUid }: StageOfArn, { userId, participant, at }: First): DomainEvent {
  const { id: participantId, role, slot, capabilities, mintedAt } = participant
  const id = happeningId([stageUid, participantId, 'granted', mintedAt])
  return {
    ...{ name: 'participant.granted', id, at: msOfMicros(at), stageId, stageUid, participantId, userId },
    ...{ role, slot, capabilities, grantedAt: isoOfMs(mintedAt) },
  }
}
