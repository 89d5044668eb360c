import { Fault } from '../fault.ts'
import type { ListedStage } from '../ivs/census.ts'
import type { EpochMs } from '../time.ts'
import { finishDeletions } from './finish-stages.ts'
import { dueAt, lagOf, nextOf } from './plan.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { removeOrphans } from './remove-orphans.ts'
import { keyOf, type Round, refresh, sweepOne, takeRequests } from './round.ts'

export interface ReconcileReport {
  /** Absent: another run had the lock all the time. */
  readonly stages?: number
  readonly sweeps: number
  /** IVS said at least once which stages there are. */
  readonly listed: boolean
  readonly failures: number
  /** How long, in seconds, the stage that waited for longest had not been seen when the run ended. */
  readonly lagSeconds: number
}

/** A run is started every minute, and works nearly that long, so that the next takes over without a gap. */
const RUN_MS = 58_000
const LOCK_MS = 20_000
const KEEP_LOCK_EVERY_MS = 6_000
const LOCK_RETRY_MS = 500
const LIST_EVERY_MS = 20_000
const REQUESTS_EVERY_MS = 2_000
const NOTHING_DUE_MS = 1_000
const FIRST_LISTING_RETRY_MS = 3_000
/** Each waits for IVS most of the time; together they use all the calls there are. */
const SWEEPERS = 6
/** Orphans are looked for in one run of so many. */
const ORPHANS_EVERY_MINUTES = 15

/** One run's state. */
interface Run {
  readonly round: Round
  readonly endsAt: EpochMs
  readonly counts: { chosen: number; sweeps: number; failures: number }
  listed: boolean
  done: boolean
}

/** Sweeps all live stages, again and again until the minute is over; returns at once where none is live. */
export async function reconcile(deps: ReconcileDeps): Promise<ReconcileReport> {
  const endsAt = deps.clock() + RUN_MS
  const holder = deps.newHolder()
  if (!(await lockBy(deps, holder, endsAt))) return { sweeps: 0, listed: false, failures: 0, lagSeconds: 0 }
  const run: Run = {
    round: new Map(),
    endsAt,
    counts: { chosen: 0, sweeps: 0, failures: 0 },
    listed: false,
    done: false,
  }
  try {
    const keeping = keepLock(deps, holder, run)
    const working = work(deps, run).finally(() => {
      run.done = true
    })
    await Promise.all([keeping, working])
  } finally {
    await deps.lock.release(holder)
  }
  const { sweeps, failures } = run.counts
  const lagSeconds = Math.round(lagOf(run.round.values(), deps.clock()) / 1000)
  return { stages: run.round.size, sweeps, listed: run.listed, failures, lagSeconds }
}

async function lockBy({ lock, clock, wait }: ReconcileDeps, holder: string, endsAt: EpochMs): Promise<boolean> {
  while (clock() < endsAt) {
    const now = clock()
    if (await lock.hold(holder, now + LOCK_MS, now)) return true
    await wait(LOCK_RETRY_MS)
  }
  return false
}

/** Kept for as long as there is work. Who lost it finishes what it began, and begins nothing more. */
async function keepLock({ lock, clock, wait }: ReconcileDeps, holder: string, run: Run): Promise<void> {
  let due = clock() + KEEP_LOCK_EVERY_MS
  while (!run.done) {
    await wait(NOTHING_DUE_MS)
    const now = clock()
    if (run.done || now < due) continue
    due = now + KEEP_LOCK_EVERY_MS
    if (!(await lock.hold(holder, now + LOCK_MS, now))) run.done = true
  }
}

async function work(deps: ReconcileDeps, run: Run): Promise<void> {
  for (const live of await deps.live.all()) run.round.set(keyOf(live), { live })
  const looksForOrphans = isOrphanRun(deps.clock())
  const own = await list(deps, run)
  await takeRequests(deps, run.round)
  const beside = [
    finishDeletions(deps),
    ...(looksForOrphans ? [removeOrphans(deps, own, () => goesOn(deps, run))] : []),
  ]
  if (run.round.size === 0) {
    await Promise.all(beside)
    return
  }
  await Promise.all([
    ...beside,
    every(deps, run, LIST_EVERY_MS, () => list(deps, run)),
    every(deps, run, REQUESTS_EVERY_MS, () => takeRequests(deps, run.round)),
    ...Array.from({ length: SWEEPERS }, () => sweeper(deps, run)),
  ])
}

const isOrphanRun = (now: EpochMs): boolean => Math.floor(now / 60_000) % ORPHANS_EVERY_MINUTES === 0

const goesOn = ({ clock }: ReconcileDeps, { done, endsAt }: Run): boolean => !done && clock() < endsAt

/** All of ours that IVS lists. IVS not saying which there are is no reason to look after none of those we know. */
async function list(deps: ReconcileDeps, run: Run): Promise<readonly ListedStage[]> {
  try {
    const own = await refresh(deps, run.round)
    run.listed = true
    return own
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    run.counts.failures += 1
    deps.logger.warn('listing_failed', { code: error.code })
    await deps.wait(FIRST_LISTING_RETRY_MS)
    return []
  }
}

async function every(deps: ReconcileDeps, run: Run, ms: number, task: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const due = deps.clock() + ms
    while (!run.done && deps.clock() < Math.min(due, run.endsAt)) {
      await deps.wait(Math.min(NOTHING_DUE_MS, Math.max(1, due - deps.clock())))
    }
    if (!goesOn(deps, run)) return
    await task()
  }
}

async function sweeper(deps: ReconcileDeps, run: Run): Promise<void> {
  while (goesOn(deps, run)) {
    const now = deps.clock()
    const next = nextOf(run.round.values(), now, run.counts.chosen)
    if (next === undefined) {
      const due = Math.min(...[...run.round.values()].map(dueAt))
      await deps.wait(Math.min(NOTHING_DUE_MS, Math.max(50, due - now)))
      continue
    }
    run.counts.chosen += 1
    await sweepSafely(deps, run, keyOf(next.live))
  }
}

/** One stage's trouble is not the others': it comes again later, and later each time. */
async function sweepSafely(deps: ReconcileDeps, run: Run, key: string): Promise<void> {
  const watched = run.round.get(key)
  if (watched === undefined) return
  run.round.set(key, { ...watched, underway: true })
  try {
    await sweepOne(deps, run.round, watched, run.counts.chosen)
    run.counts.sweeps += 1
  } catch (error) {
    run.counts.failures += 1
    const now = run.round.get(key) ?? watched
    const failures = (watched.failures ?? 0) + 1
    run.round.set(key, { ...now, underway: false, failures, failedAt: deps.clock() })
    const code = error instanceof Fault ? error.code : 'bug'
    deps.logger.warn('sweep_failed', { stageId: watched.live.stageId, code, failures })
    if (!(error instanceof Fault))
      deps.logger.warn('sweep_error', { name: error instanceof Error ? error.name : 'unknown' })
  }
}
