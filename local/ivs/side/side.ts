import type { Result } from '../../../lib/result.ts'
import type { SideRefusal } from './refusal.ts'

export type SideResult<T> = Result<T, SideRefusal>

/** What an SDK client tells the service about itself; ends up in GetParticipant. */
export interface ClientInfo {
  readonly ispName?: string
  readonly osName?: string
  readonly osVersion?: string
  readonly browserName?: string
  readonly browserVersion?: string
  readonly sdkVersion?: string
}

/** `stageArn` is only needed where one id is connected to several stages. */
export interface OfParticipant {
  readonly participantId: string
  readonly stageArn?: string
}

export interface Joined {
  readonly participantId: string
  readonly sessionId: string
  readonly stageArn: string
}

/** The other side of the service: what SDK clients, WHIP tools and RTMP encoders do. Refusals carry IVS's reason. */
export interface Side {
  join(step: { token: unknown; client?: ClientInfo; protocol?: 'WHIP' }): SideResult<Joined>
  publish(step: OfParticipant): SideResult<Joined>
  unpublish(step: OfParticipant): SideResult<Joined>
  /** Without `remoteParticipantId`: to everyone who publishes. */
  subscribe(step: OfParticipant & { remoteParticipantId?: string }): SideResult<{ subscribed: readonly string[] }>
  unsubscribe(step: OfParticipant & { remoteParticipantId?: string }): SideResult<{ subscribed: readonly string[] }>
  /** `crash`: the client vanishes without a word; the service notices after ten seconds. */
  leave(step: OfParticipant & { crash?: boolean }): SideResult<Joined>
  /** A refusal of the new token by the service makes the participant leave, as in the web SDK. */
  exchange(step: OfParticipant & { token: unknown }): SideResult<Joined>
  /** A publisher breaks a rule of the media (BITRATE_EXCEEDED, …): error event, and the end of publishing. */
  publishError(step: OfParticipant & { errorCode: string }): SideResult<Joined>
  /** An RTMP(S) encoder starts, or stops, with a stream key. */
  ingest(step: { streamKey: unknown; protocol?: 'RTMP' | 'RTMPS' }): SideResult<Joined>
  stopIngest(step: { streamKey: unknown }): SideResult<Joined>
  /** What only AWS's own machinery can cause: a composition's destination in trouble, or healed. */
  destination(step: {
    compositionArn: string
    destinationId: string
    state: 'RECONNECTING' | 'ACTIVE' | 'FAILED'
    errorCode?: string
  }): SideResult<{ state: string }>
  /** The next recordings of a stage fail at their start or end. */
  recordingFault(step: { stageArn: string; at: 'start' | 'end'; errorCode: string }): SideResult<{ armed: true }>
}
