import type { Capability } from '../grant/role.ts'
import type { EpochMicros } from '../time.ts'

/** What every event of IVS says. Ids are texts as IVS wrote them: doc samples break the API's own patterns (IVS facts §5.2). */
export interface EventBase {
  /** The envelope's id: a redelivery has the same. */
  readonly id: string
  /** `resources[0]`; of a composition event, the stage its detail names. */
  readonly stageArn: string
  /** `event_time_precise ?? event_time ?? time`. */
  readonly at: EpochMicros
  /** The instant has more than whole seconds: two such of one second can be told apart. */
  readonly precise: boolean
  /** A hash of its detail, also of what nothing else here is read from. */
  readonly detail: string
}

/** Of a participant on a stage session. */
export interface ParticipantEventBase extends EventBase {
  readonly sessionId: string
  readonly participantId: string
  /** As the token said; `''` is absent. Not believed unless the participant is one of ours. */
  readonly userId?: string
  /** A replica of another stage's participant: its id is none of this stage's. */
  readonly replica: boolean
}

export interface ExchangedToken {
  readonly capabilities: readonly Capability[]
  readonly userId?: string
  /** Unix seconds. */
  readonly expiresAt?: number
}

export type RecordingName = 'Recording Start' | 'Recording End' | 'Recording Start Failure' | 'Recording End Failure'
export type CompositionName =
  | 'Session Start'
  | 'Session End'
  | 'Session Failure'
  | 'Destination Start'
  | 'Destination End'
  | 'Destination Reconnecting'
  | 'Destination Failure'

/** Everything IVS real-time tells through EventBridge (IVS facts §5.2), and what it may tell one day. */
export type StageEvent =
  | (ParticipantEventBase & { readonly kind: 'published' | 'unpublished' })
  | (ParticipantEventBase & { readonly kind: 'publish_error'; readonly errorCode?: string })
  | (ParticipantEventBase & {
      readonly kind: 'replication_started' | 'replication_ended'
      readonly destinationStageArn?: string
      readonly destinationSessionId?: string
    })
  | (ParticipantEventBase & {
      readonly kind: 'token_exchanged'
      readonly previous: ExchangedToken
      readonly next: ExchangedToken
    })
  | (ParticipantEventBase & {
      readonly kind: 'recording'
      readonly name: RecordingName
      readonly errorCode?: string
      readonly durationMs?: number
    })
  | (EventBase & {
      readonly kind: 'composition'
      readonly name: CompositionName
      readonly compositionArn: string
      /** Absent: of the composition itself. */
      readonly destinationId?: string
      readonly errorCode?: string
    })
  /** A name or a detail type nobody told us about: recorded where its stage is known, and no failure. */
  | (EventBase & {
      readonly kind: 'unknown'
      readonly detailType: string
      readonly name?: string
      readonly sessionId?: string
      readonly participantId?: string
    })
