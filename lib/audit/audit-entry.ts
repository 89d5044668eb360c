import { happeningId } from '../domain-event/event-id.ts'
import type { Actor } from '../grant/acting.ts'
import type { EpochMs } from '../time.ts'
import type { AuditEntry } from './audit-store.ts'

type Act = Pick<AuditEntry, 'action' | 'userId' | 'role' | 'previousRole' | 'until' | 'reason' | 'participantId'>

/**
 * The audit's entry of an act: `by` is whoever did it first, which another may repeat who retries. Its id is the same
 * however often the act is told.
 */
export function auditEntryOf(
  { actor, requestId }: { readonly actor: Pick<Actor, 'caller'>; readonly requestId?: string },
  { by, at }: { readonly by: string; readonly at: EpochMs },
  act: Act,
): AuditEntry {
  const whom = [act.userId ?? '', act.participantId ?? '', act.role ?? '', act.until ?? '']
  const id = happeningId([act.action, at, by, ...whom]).slice(0, 16)
  const rule = actor.caller.isAdmin ? 'admin' : 'higher_rank'
  return { id, at, by, rule, ...(requestId !== undefined && { requestId }), ...act }
}
