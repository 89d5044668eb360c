import type * as Records from './records.ts'
import { type Change, createTable, type Table } from './table.ts'

export interface Tables {
  readonly stages: Table<Records.StageRecord>
  /** Stages that are no more: a token for one of them fails in another way than a token for a stage that never was. */
  readonly deletedStages: Table<{ readonly arn: string }>
  /** By session id, grouped by stage. */
  readonly sessions: Table<Records.SessionRecord>
  /** By `<session>/<participant>`, grouped by session. */
  readonly participants: Table<Records.ParticipantRecord>
  /** Grouped by `<session>/<participant>`. */
  readonly participantEvents: Table<Records.ParticipantEventRecord>
  /** By `<stage ARN>/<participant>`: ids that ever joined, with their last session. */
  readonly joined: Table<{ readonly sessionId: string }>
  /** By `<stage ARN>/<participant>`: ids a disconnect has shut out. */
  readonly revoked: Table<{ readonly at: number }>
  /** By digest: tokens that were exchanged away. */
  readonly spentTokens: Table<{ readonly at: number }>
  readonly publicKeys: Table<Records.PublicKeyRecord>
  readonly deletedKeys: Table<Records.PublicKeyRecord>
  readonly ingests: Table<Records.IngestRecord>
  readonly encoders: Table<Records.EncoderRecord>
  readonly storages: Table<Records.StorageRecord>
  readonly compositions: Table<Records.CompositionRecord>
  /** Grouped by `<source stage ARN>/<participant>`. */
  readonly replicas: Table<Records.ReplicaRecord>
  /** By stage ARN and `start` or `end`: recordings that are to fail. */
  readonly recordingFaults: Table<{ readonly errorCode: string }>
  readonly timers: Table<Records.TimerRecord>
  /** The server's own secret, under the key `token-secret`. */
  readonly secrets: Table<{ readonly hex: string }>
}

export const participantKey = (sessionId: string, participantId: string): string => `${sessionId}/${participantId}`
export const onStageKey = (stageArn: string, participantId: string): string => `${stageArn}/${participantId}`

export interface TableWatchers {
  readonly record: (change: Change) => void
  readonly participant: (
    before: Records.ParticipantRecord | undefined,
    after: Records.ParticipantRecord | undefined,
  ) => void
  readonly timer: (before: Records.TimerRecord | undefined, after: Records.TimerRecord | undefined) => void
}

export function createTables({ record, participant, timer }: TableWatchers): Tables {
  const table = <T>(name: string, groupOf?: (value: T) => string): Table<T> =>
    createTable<T>({ name, record, ...(groupOf ? { groupOf } : {}) })
  return {
    stages: table('stages'),
    deletedStages: table('deletedStages'),
    sessions: table('sessions', (session) => session.stageArn),
    participants: createTable({ name: 'participants', groupOf: (one) => one.sessionId, watch: participant, record }),
    participantEvents: table('participantEvents', (event) => participantKey(event.sessionId, event.participantId)),
    joined: table('joined'),
    revoked: table('revoked'),
    spentTokens: table('spentTokens'),
    publicKeys: table('publicKeys'),
    deletedKeys: table('deletedKeys'),
    ingests: table('ingests'),
    encoders: table('encoders'),
    storages: table('storages'),
    compositions: table('compositions'),
    replicas: table('replicas', (replica) => onStageKey(replica.sourceStageArn, replica.participantId)),
    recordingFaults: table('recordingFaults'),
    timers: createTable({ name: 'timers', watch: timer, record }),
    secrets: table('secrets'),
  }
}
