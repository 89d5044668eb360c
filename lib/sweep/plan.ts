import type { EpochMs } from '../time.ts'
import type { LiveStage } from './live-store.ts'

/** A live stage and what a run remembers of it. */
export interface Watched {
  readonly live: LiveStage
  /** IVS lists it no more: its end is to be written down. */
  readonly gone?: boolean
  /** Since when somebody wants it looked at before its turn. */
  readonly wantedSince?: EpochMs
  readonly failures?: number
  readonly failedAt?: EpochMs
  /** Being swept now. */
  readonly underway?: boolean
}

/** A quiet stage's turn comes again after this; with all there is to be asked in a minute, every stage is seen within one. */
export const QUIET_MS = 45_000
/** One on which something happened comes sooner, where nobody else's turn has come. */
export const LIVELY_MS = 20_000
/** A stage that is wanted over and over is swept no more often than this. */
export const SOON_MS = 5_000
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 30_000
/**
 * Of eight sweeps one goes to stages that are wanted before their turn, however many of the others wait. With more, 200 stages
 * would not all have their turn within the minute.
 */
const WANTED_EVERY = 8

/** When its turn comes by itself. */
const turnOf = ({ live, gone }: Watched): EpochMs =>
  gone ? 0 : live.sweptAt === undefined ? live.since : live.sweptAt + QUIET_MS

const wantedAt = ({ live, wantedSince }: Watched): EpochMs =>
  wantedSince === undefined ? Number.POSITIVE_INFINITY : Math.max(wantedSince, (live.sweptAt ?? 0) + SOON_MS)

const livelyAt = ({ live }: Watched): EpochMs =>
  live.lively && live.sweptAt !== undefined ? live.sweptAt + LIVELY_MS : Number.POSITIVE_INFINITY

/** What keeps failing waits longer each time, so that it takes nobody else's turn. */
const notBefore = ({ failures = 0, failedAt = 0 }: Watched): EpochMs =>
  failures === 0 ? 0 : failedAt + Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)

/** When a stage may next be swept. */
export const dueAt = (watched: Watched): EpochMs =>
  Math.max(notBefore(watched), Math.min(turnOf(watched), wantedAt(watched), livelyAt(watched)))

/**
 * The stage to be swept next: the one whose turn is longest over; every eighth time, the one that is wanted for longest. While
 * it is nobody's turn, one that is wanted, or else one on which something happens. Nothing while none of them is due.
 * @param count how many were chosen before
 */
export function nextOf(all: Iterable<Watched>, now: EpochMs, count: number): Watched | undefined {
  const due = [...all].filter((one) => !one.underway && dueAt(one) <= now)
  const wanted = earliest(
    due.filter((one) => wantedAt(one) <= now),
    wantedAt,
  )
  const turn = earliest(
    due.filter((one) => turnOf(one) <= now),
    turnOf,
  )
  const first = count % WANTED_EVERY === WANTED_EVERY - 1 ? (wanted ?? turn) : (turn ?? wanted)
  return first ?? earliest(due, livelyAt)
}

function earliest(all: readonly Watched[], at: (one: Watched) => EpochMs): Watched | undefined {
  return all.reduce<Watched | undefined>(
    (best, one) => (best === undefined || at(one) < at(best) ? one : best),
    undefined,
  )
}

/** How long the stage that was waited for longest has not been seen. Milliseconds; 0 where none is live. */
export const lagOf = (all: Iterable<Watched>, now: EpochMs): number =>
  Math.max(0, ...[...all].map(({ live }) => now - (live.sweptAt ?? live.since)))

/** Calls for doubts and retries are left out of what is shared out. */
const VERIFYING = 0.75

/**
 * How many of a stage's publishers a sweep asks about of its own accord, so that all stages together stay within the quota.
 * Where that is less than one, it is one every so many sweeps.
 * @param count how many sweeps there were before
 * @param paceMs how long after its last this sweep may come: who comes sooner asks about fewer
 */
export function asksOf(stages: number, callsPerSecond: number, count: number, paceMs = QUIET_MS): number {
  const each = (callsPerSecond * VERIFYING * paceMs) / 1000 / Math.max(1, stages)
  return Math.floor(each * (count + 1)) - Math.floor(each * count)
}
