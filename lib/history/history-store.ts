import type { StageUid } from '../ids.ts'
import type { EpochMicros } from '../time.ts'

/** One run of a stage, as IVS counts them. */
export interface SessionEntry {
  readonly sessionId: string
  readonly startedAt: EpochMicros
  readonly endedAt?: EpochMicros
}

/** One thing that happened in a session. No token, no attribute: names, ids and instants. */
export interface HistoryEntry {
  readonly at: EpochMicros
  readonly name: string
  readonly participantId?: string
  /** Only of a participant we minted. */
  readonly userId?: string
  readonly errorCode?: string
  /** All that it says, as a hash, so that two of one instant are told apart. It is not read again. */
  readonly said?: string
}

export interface HistoryPage<Position> {
  readonly limit: number
  readonly after?: Position
}

/** What happened, from our own records: each event once, however often it came. Kept 30 days unless configured. */
export interface HistoryStore {
  /** Idempotent: the entry's own instant, participant, name, and what it says are its key. */
  append(stageUid: StageUid, sessionId: string, entry: HistoryEntry, ttlSeconds: number): Promise<void>
  /** Idempotent: the earliest start and the latest end stay. */
  noteSession(stageUid: StageUid, session: SessionEntry, ttlSeconds: number): Promise<void>
  /** Newest first. */
  sessions(
    stageUid: StageUid,
    page: HistoryPage<string>,
  ): Promise<{ readonly items: readonly SessionEntry[]; readonly next?: string }>
  /** Oldest first. */
  entries(
    stageUid: StageUid,
    sessionId: string,
    page: HistoryPage<string>,
  ): Promise<{ readonly items: readonly HistoryEntry[]; readonly next?: string }>
}
