import type { StageUid } from '../ids.ts'
import type { EpochMs } from '../time.ts'

export type AuditAction =
  | 'role_assigned'
  | 'role_removed'
  | 'kicked'
  | 'banned'
  | 'unbanned'
  | 'participant_removed'
  | 'disconnected'

/** Who did what to whom, by which rule. */
export interface AuditEntry {
  readonly id: string
  readonly at: EpochMs
  readonly action: AuditAction
  /** The actor's user id; `system` for what follows from a rule alone. */
  readonly by: string
  readonly userId?: string
  readonly participantId?: string
  readonly rule: string
  readonly role?: string
  readonly previousRole?: string
  readonly until?: string
  readonly reason?: string
  readonly requestId?: string
}

export interface AuditStore {
  /** Idempotent by `id`. */
  append(stageUid: StageUid, entry: AuditEntry, ttlSeconds: number): Promise<void>
  /** Newest first, from `to` back to `from` (both inclusive). */
  list(
    stageUid: StageUid,
    range: { readonly from?: EpochMs; readonly to?: EpochMs },
    page: { readonly limit: number; readonly after?: string },
  ): Promise<{ readonly items: readonly AuditEntry[]; readonly next?: string }>
}
