import type { AuditStore } from '../audit/audit-store.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { EpochMs } from '../time.ts'
import type { Disconnector } from './disconnector.ts'
import type { Ending } from './ending.ts'
import { type WatchDeps, watchFor } from './watch.ts'

export interface CarryOutDeps extends WatchDeps {
  readonly disconnector: Disconnector
  readonly seats: Pick<SeatStore, 'free'>
  readonly audit: Pick<AuditStore, 'append'>
  readonly events: DomainEvents
  /** How long an audit entry is kept. */
  readonly auditSeconds: number
}

/**
 * Ends each on the stage, then writes it down and tells of it. All of it is idempotent: what fails comes again whole.
 * Throws `Fault` at the first that IVS does not take.
 * @param sentAt when the endings were sent, which is the same however often they are delivered
 */
export async function carryOut(deps: CarryOutDeps, endings: readonly Ending[], sentAt: EpochMs): Promise<void> {
  for (const ending of endings) {
    await deps.disconnector.disconnect(ending)
    await afterwards(deps, ending, sentAt)
  }
  await watchFor(deps, endings, sentAt)
}

async function afterwards(deps: CarryOutDeps, ending: Ending, at: EpochMs): Promise<void> {
  const { stageId, stageUid, generation, participantId, userId, reason } = ending
  if (ending.freesSeat) await deps.seats.free({ stageUid, generation }, participantId)
  if (ending.again) return
  const whom = { participantId, ...(userId !== undefined && { userId }) }
  const id = `${participantId}-${reason}`
  const entry = { id, at, action: 'disconnected' as const, by: 'system', rule: reason, ...whom }
  await deps.audit.append(stageUid, entry, deps.auditSeconds)
  await deps.events.publish([{ name: 'participant.ended', id, at, stageId, stageUid, reason, ...whom }])
}
