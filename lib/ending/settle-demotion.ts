import type { Capability } from '../grant/role.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { EpochMs } from '../time.ts'
import type { Demotion, Endings } from './ending.ts'
import type { Lookout, Trace } from './lookout.ts'

/** The participant as recorded now. */
export interface Recorded {
  readonly capabilities: readonly Capability[]
  /** When it was last given a token, where that was after the right was lowered. */
  readonly renewedAt?: EpochMs
  /** As demoted: an earlier delivery may have gone no further than that. */
  readonly ended?: boolean
  /** It was raised since and lowered again, with a deadline that is still to come; or this message is early by our clock. */
  readonly putOffSeconds?: number
}

/** What a demotion needs to know and do about the user's record. */
export interface DemotionDeps {
  readonly lookout: Pick<Lookout, 'traceOf'>
  readonly endings: Pick<Endings, 'send' | 'demote'>
  readonly seats: Pick<SeatStore, 'free'>
  /** Nothing if it has ended for another reason. */
  readonly recorded: (demotion: Demotion) => Promise<Recorded | undefined>
  /** Ends it in the books, before it is put out. */
  readonly end: (demotion: Demotion) => Promise<void>
}

/**
 * At the deadline IVS is asked what happened. Who obeyed is left alone, and gives up their seat if it was a publisher's; who did
 * not is ended, also one that was never there: it may come yet, with a token that allows more than it should.
 */
export async function settleDemotion(deps: DemotionDeps, demotion: Demotion): Promise<void> {
  const recorded = await deps.recorded(demotion)
  // Ended meanwhile, or raised again: then this demotion is no longer what holds.
  if (recorded === undefined || !fits(recorded.capabilities, demotion.capabilities)) return
  const { stageId, stageUid, generation, stageArn, participantId, userId, freesSeat, expiresAt } = demotion
  if (!recorded.ended) {
    const { putOffSeconds: deadlineSeconds } = recorded
    if (deadlineSeconds !== undefined) return deps.endings.demote([{ ...demotion, deadlineSeconds }])
    const trace = await deps.lookout.traceOf(stageArn, participantId)
    if (obeyed(recorded, trace)) return freesSeat ? freed(deps, demotion) : undefined
    await deps.end(demotion)
  }
  const place = { stageId, stageUid, generation, stageArn }
  await deps.endings.send([
    { ...place, participantId, userId, reason: 'demoted', priority: 'demotion', freesSeat, expiresAt },
  ])
}

/** Unless it was raised while IVS was asked: then the seat may be one that it took since. */
async function freed(deps: DemotionDeps, demotion: Demotion): Promise<void> {
  const { stageUid, generation, participantId, capabilities } = demotion
  const recorded = await deps.recorded(demotion)
  const isStillLess = recorded === undefined || fits(recorded.capabilities, capabilities)
  if (isStillLess) await deps.seats.free({ stageUid, generation }, participantId)
}

/**
 * Its last exchange fits what it may do now, or it holds a token made since and did not join with an older one. IVS does
 * not say which token somebody joined with, so whoever publishes has not obeyed, whatever else is true of them.
 */
function obeyed({ capabilities, renewedAt }: Recorded, trace: Trace | undefined): boolean {
  if (trace?.publishing && !capabilities.includes('PUBLISH')) return false
  if (trace?.exchangedTo !== undefined) return fits(trace.exchangedTo, capabilities)
  if (renewedAt === undefined) return false
  return trace === undefined || !trace.connected || (trace.joinedAt ?? 0) >= renewedAt - CLOCKS_DIFFER_MS
}

/** How far IVS's clock may lie behind ours: whoever joined with the new token must not look as if it was before it was made. */
const CLOCKS_DIFFER_MS = 2_000

const fits = (some: readonly Capability[], all: readonly Capability[]): boolean =>
  some.every((capability) => all.includes(capability))
