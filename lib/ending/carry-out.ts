import type { AuditStore } from '../audit/audit-store.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { Clock, EpochMs } from '../time.ts'
import type { Disconnector } from './disconnector.ts'
import type { Ending } from './ending.ts'
import { LONGEST_WAIT_SECONDS, type WatchDeps, watchFor } from './watch.ts'

export interface CarryOutDeps extends WatchDeps {
  readonly disconnector: Disconnector
  readonly seats: Pick<SeatStore, 'free'>
  readonly audit: Pick<AuditStore, 'append'>
  readonly events: DomainEvents
  readonly clock: Clock
  /** How long an audit entry is kept. */
  readonly auditSeconds: number
}

/**
 * Ends one on the stage, then writes it down and tells of it. All of it is idempotent: what fails comes again whole. That the
 * id is to be looked for is noted at once, for as long as nobody is known to have put it out: a delivery may be cut off while
 * it waits for its turn at IVS, and the last of them lies with the dead letters. Once it is off, the first look comes sooner.
 * Throws `Fault` where IVS does not take the disconnect.
 * @param sentAt when the ending was sent, which is the same however often it is delivered
 */
export async function carryOut(deps: CarryOutDeps, ending: Ending, sentAt: EpochMs): Promise<void> {
  const noting = watchFor(deps, ending, deps.clock(), LONGEST_WAIT_SECONDS)
  const [off] = await Promise.allSettled([deps.disconnector.disconnect(ending), noting])
  if (off.status === 'rejected') throw off.reason
  await afterwards(deps, ending, sentAt)
  await watchFor(deps, ending, deps.clock())
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
