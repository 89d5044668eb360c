import type { Capability } from '../grant/role.ts'
import type { ParticipantId, StageId, StageUid, UserId } from '../ids.ts'
import type { Slot } from '../participant/user-record.ts'
import type { EndReason } from '../refusal.ts'
import type { EpochMs } from '../time.ts'

/** What we tell the user's own systems. No token and no attribute is in any of it. */
interface DomainEventBase {
  /** The same for the same happening, however often it is told. */
  readonly id: string
  readonly at: EpochMs
  readonly stageId: StageId
  readonly stageUid: StageUid
  /** The roster's version after it, where it changed the roster. */
  readonly version?: number
}

interface OfParticipant extends DomainEventBase {
  readonly participantId: ParticipantId
  /** Absent: a participant that we did not mint. */
  readonly userId?: UserId
}

export type DomainEvent =
  | (OfParticipant & {
      readonly name: 'participant.published' | 'participant.unpublished' | 'participant.disconnected'
    })
  | (OfParticipant & { readonly name: 'participant.ended'; readonly reason: EndReason })
  | (OfParticipant & {
      readonly name: 'participant.granted'
      readonly userId: UserId
      readonly role: string
      readonly slot: Slot
      readonly capabilities: readonly Capability[]
      /** ISO 8601. `at` is when they were first seen. */
      readonly grantedAt: string
    })
  | (DomainEventBase & {
      readonly name: 'role.changed'
      readonly userId: UserId
      readonly role?: string
      readonly previousRole?: string
      readonly by: string
    })
  | (DomainEventBase & {
      readonly name: 'user.banned' | 'user.unbanned'
      readonly userId: UserId
      readonly until?: string
      readonly by: string
    })
  | (DomainEventBase & { readonly name: 'stage.live' | 'stage.idle' | 'stage.deleted' | 'stage.reset' })

/** At least once. Throws `Fault('storage_unavailable')` when any of them was not taken. */
export interface DomainEvents {
  publish(events: readonly DomainEvent[]): Promise<void>
}
