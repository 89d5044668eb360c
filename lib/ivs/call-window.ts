import type { EpochMs } from '../time.ts'
import { PRIORITIES, type Priority, type QuotaAnswer } from './quota.ts'

/** When the last calls of one operation were made, and who was told to wait. */
export interface CallWindow {
  /** Newest first; as many as the largest number of calls a second. */
  readonly recent: readonly EpochMs[]
  /** Until when a place that comes free is kept for this priority, which was there before and found none. */
  readonly waiting: Readonly<Partial<Record<Priority, EpochMs>>>
}

/** Calls a second of one operation that are ours to make, and how many of them each priority may use. */
export interface WindowLimits {
  readonly calls: number
  readonly openTo: (priority: Priority) => number
}

export const WINDOW_MS = 1_000
/** An instant further ahead than this comes from a clock that was wrong; nobody waits for it. */
export const CLOCK_BOUND_MS = 5_000
/** How much longer than it was told to wait somebody may take to come back. */
const PATIENCE_MS = 150
/** While a place is kept for somebody else, one looks again this soon: they may have had it already. */
const LOOK_AGAIN_MS = 100

/** IVS's calls a second, per account and Region (IVS facts §6 and §10); everything else is 5. */
const CALLS_PER_SECOND: Readonly<Record<string, number>> = {
  CreateParticipantToken: 50,
  TagResource: 10,
  UntagResource: 10,
  ListTagsForResource: 10,
}
const USUAL_CALLS_PER_SECOND = 5
/** Someone who is put out on purpose never finds the whole second taken by those who just leave. */
const KEPT_FOR_URGENT = 1
const URGENT: readonly Priority[] = ['ban', 'kick']

/**
 * What a share of the account's quota comes to, in whole calls a second and at least one. A window, not a bucket: a bucket
 * of the same rate lets twice as many through in the second after a quiet one, and IVS does not say how it counts.
 */
export function windowLimits(operation: string, share: number): WindowLimits {
  const calls = Math.max(1, Math.floor((CALLS_PER_SECOND[operation] ?? USUAL_CALLS_PER_SECOND) * share))
  const kept = operation === 'DisconnectParticipant' && calls > KEPT_FOR_URGENT ? KEPT_FOR_URGENT : 0
  return { calls, openTo: (priority) => (URGENT.includes(priority) ? calls : calls - kept) }
}

export const higherThan = (priority: Priority): readonly Priority[] => PRIORITIES.slice(0, PRIORITIES.indexOf(priority))

const isWithin = (at: EpochMs | undefined, now: EpochMs): boolean =>
  at !== undefined && at > now - WINDOW_MS && at <= now + CLOCK_BOUND_MS

const isKept = (until: EpochMs | undefined, now: EpochMs): boolean =>
  until !== undefined && until > now && until <= now + CLOCK_BOUND_MS

/** A place in this second, or how long until there may be one. Pure; the adapter's one condition says the same. */
export function answerOf(window: CallWindow, limits: WindowLimits, priority: Priority, now: EpochMs): QuotaAnswer {
  const deciding = window.recent[limits.openTo(priority) - 1]
  if (deciding !== undefined && isWithin(deciding, now)) {
    return { granted: false, waitMs: Math.max(1, deciding + WINDOW_MS - now) }
  }
  const isOthers = higherThan(priority).some((higher) => isKept(window.waiting[higher], now))
  return isOthers ? { granted: false, waitMs: LOOK_AGAIN_MS } : { granted: true }
}

export const withCall = (window: CallWindow, { calls }: WindowLimits, now: EpochMs): CallWindow => ({
  ...window,
  recent: [now, ...window.recent].slice(0, calls),
})

/** The place that comes free next is this one's; one that does not come back for it loses it. */
export const keptUntil = (waitMs: number, now: EpochMs): EpochMs => now + waitMs + PATIENCE_MS

/** Nobody comes after the last priority, so nothing has to be kept for it. */
export const isKeptFor = (priority: Priority): boolean => priority !== PRIORITIES.at(-1)
