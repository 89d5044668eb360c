import type { realtimeRows } from '../model/realtime.ts'
import type { InputOf } from '../model/row.ts'
import type { ClientInfo } from '../side/side.ts'

/** Instants are milliseconds since the epoch. `seq` orders what a List operation pages through. */
interface Listed {
  readonly seq: number
}

/** What every taggable resource has. `createdAt` is what the read lag counts from. */
export interface Resource extends Listed {
  readonly arn: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly createdAt: number
}

type Realtime = typeof realtimeRows
type StageInput = InputOf<Realtime['CreateStage']>
export type AutoRecording = NonNullable<StageInput['autoParticipantRecordingConfiguration']>

export interface StageRecord extends Resource {
  readonly activeSessionId?: string | undefined
  readonly recording?: AutoRecording | undefined
  readonly endpoints: { readonly events: string; readonly whip: string; readonly rtmp: string; readonly rtmps: string }
}

export interface SessionRecord extends Listed {
  readonly stageArn: string
  readonly sessionId: string
  readonly startTime: number
  readonly endTime?: number
}

export type Capability = 'PUBLISH' | 'SUBSCRIBE'

/** What a verified token gives its holder. */
export interface Grant {
  readonly stageArn: string
  readonly participantId: string
  readonly userId: string
  readonly attributes: Readonly<Record<string, string>>
  readonly capabilities: readonly Capability[]
  readonly expiresAt: number
  /** The public key's ARN; absent for tokens of the API. */
  readonly keyArn?: string
  /** SHA-256 of the token, to know it again without keeping it. */
  readonly digest: string
}

export type RecordingState = 'STARTING' | 'ACTIVE' | 'STOPPING' | 'STOPPED' | 'FAILED'

export interface Recording {
  readonly state: RecordingState
  readonly bucket: string
  /** With the time of its start as last segment, as in events. */
  readonly prefix: string
  readonly windowSeconds: number
  readonly startedAt?: number
  /** Milliseconds of earlier stretches that were merged into this recording. */
  readonly recordedMs: number
}

export interface ParticipantRecord extends Listed {
  readonly stageArn: string
  readonly sessionId: string
  readonly participantId: string
  readonly state: 'CONNECTED' | 'DISCONNECTED'
  readonly firstJoinTime: number
  /** Ever, in this session; never goes back to false. */
  readonly published: boolean
  /** Now. */
  readonly publishingSince?: number | undefined
  readonly grant: Grant
  readonly subscribedTo: readonly string[]
  readonly client: ClientInfo
  readonly protocol: 'UNKNOWN' | 'WHIP' | 'RTMP' | 'RTMPS'
  readonly recording?: Recording | undefined
  readonly replication: 'SOURCE' | 'REPLICA' | 'NONE'
  readonly replicationState?: 'ACTIVE' | 'STOPPED' | undefined
  readonly source?: { readonly stageArn: string; readonly sessionId: string }
  readonly ingestConfigurationArn?: string
  readonly redundantIngest?: boolean
}

export interface ParticipantEventRecord extends Listed {
  readonly sessionId: string
  readonly participantId: string
  readonly name: string
  readonly at: number
  readonly detail: Readonly<Record<string, unknown>>
}

export interface PublicKeyRecord extends Resource {
  readonly pem: string
  readonly fingerprint: string
  /** Set on a key that was deleted: kept aside for the reading under which its earlier tokens live on. */
  readonly deletedAt?: number
}

export interface IngestRecord extends Resource {
  readonly protocol: 'RTMP' | 'RTMPS'
  /** Empty when the configuration belongs to no stage. */
  readonly stageArn: string
  readonly participantId: string
  readonly streamKey: string
  readonly userId: string
  readonly attributes: Readonly<Record<string, string>>
  readonly redundant: boolean
  readonly credentials: readonly { readonly participantId: string; readonly streamKey: string }[]
}

export interface EncoderRecord extends Resource {
  readonly video: {
    readonly width: number
    readonly height: number
    readonly framerate: number
    readonly bitrate: number
  }
}

export interface StorageRecord extends Resource {
  readonly bucketName: string
}

export type CompositionInput = InputOf<Realtime['StartComposition']>
export type CompositionState = 'STARTING' | 'ACTIVE' | 'STOPPING' | 'FAILED' | 'STOPPED'

export interface DestinationRecord {
  readonly id: string
  readonly state: CompositionState | 'RECONNECTING'
  readonly configuration: CompositionInput['destinations'][number]
  readonly startTime?: number
  readonly endTime?: number
  readonly recordingPrefix?: string
}

export interface CompositionRecord extends Resource {
  readonly stageArn: string
  readonly state: CompositionState
  readonly layout: NonNullable<CompositionInput['layout']>
  readonly destinations: readonly DestinationRecord[]
  readonly startTime: number
  readonly endTime?: number
  readonly idempotencyToken: string
  /** Digest of the request, to tell a retry from another request under the same token. */
  readonly request: string
}

export interface ReplicaRecord extends Listed {
  readonly participantId: string
  readonly sourceStageArn: string
  readonly sourceSessionId: string
  readonly destinationStageArn: string
  readonly destinationSessionId: string
  readonly state: 'ACTIVE' | 'STOPPED'
  readonly windowSeconds: number
}

export interface TimerRecord extends Listed {
  readonly kind: string
  readonly subject: string
  readonly at: number
}
