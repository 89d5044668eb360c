import type { AuditStore } from '../audit/audit-store.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import { type EpochMs, type EpochSeconds, secondsOf } from '../time.ts'
import type { Disconnector } from './disconnector.ts'
import type { Ending, Watch, Watches } from './ending.ts'

export interface CarryOutDeps {
  readonly disconnector: Disconnector
  readonly seats: Pick<SeatStore, 'free'>
  readonly audit: Pick<AuditStore, 'append'>
  readonly events: DomainEvents
  readonly watches: Watches
  /** How long an audit entry is kept. */
  readonly auditSeconds: number
}

/** The first look for an id that may still be used; each next one comes twice as late, up to a minute. */
const FIRST_WAIT_SECONDS = 5
export const LONGEST_WAIT_SECONDS = 60

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
  for (const watch of watchesOf(endings, secondsOf(sentAt))) await deps.watches.watch(watch)
}

async function afterwards(deps: CarryOutDeps, ending: Ending, at: EpochMs): Promise<void> {
  const { stageId, stageUid, generation, participantId, userId, reason } = ending
  if (ending.freesSeat) await deps.seats.free({ stageUid, generation }, participantId)
  const whom = { participantId, ...(userId !== undefined && { userId }) }
  const id = `${participantId}-${reason}`
  const entry = { id, at, action: 'disconnected' as const, by: 'system', rule: reason, ...whom }
  await deps.audit.append(stageUid, entry, deps.auditSeconds)
  await deps.events.publish([{ name: 'participant.ended', id, at, stageId, stageUid, reason, ...whom }])
}

/** How far IVS's clock may lie behind ours. */
const CLOCKS_DIFFER_SECONDS = 2

/** Expiry is checked when joining alone (IVS facts §12.1): whoever is there by then stays, and nobody comes afterwards. */
export const mayStillJoin = (expiresAt: EpochSeconds, now: EpochSeconds): boolean =>
  expiresAt + CLOCKS_DIFFER_SECONDS > now

/** Ids of these may come back for as long as their tokens live, and whoever holds them is not supposed to. */
const isWatched = ({ reason }: Ending): boolean => reason === 'banned' || reason === 'kicked' || reason === 'demoted'

/**
 * One watch a user and stage. Also of ids that were disconnected: that their tokens are refused from then on is what IVS
 * says, and not what this relies on.
 */
export function watchesOf(endings: readonly Ending[], now: EpochSeconds): readonly Watch[] {
  const watches = new Map<string, Watch>()
  for (const ending of endings.filter(isWatched)) {
    const { stageId, stageUid, generation, stageArn, userId, participantId, expiresAt, reason, priority } = ending
    if (userId === undefined || !mayStillJoin(expiresAt, now)) continue
    const key = `${stageUid}#${generation}#${userId}#${reason}`
    const ids = [...(watches.get(key)?.ids ?? []), { participantId, expiresAt }]
    const place = { stageId, stageUid, generation, stageArn }
    watches.set(key, { ...place, userId, ids, reason, priority, waitSeconds: FIRST_WAIT_SECONDS })
  }
  return [...watches.values()]
}
