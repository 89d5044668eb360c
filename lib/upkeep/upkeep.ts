import { Fault } from '../fault.ts'
import type { StageId } from '../ids.ts'
import type { IvsStages } from '../ivs/ivs-stages.ts'
import type { Endpoints, Stage } from '../stage/stage.ts'
import type { StageEntry, StageStore } from '../stage/stage-store.ts'
import type { EpochMs } from '../time.ts'

const DAY_MS = 86_400_000
/** IVS allows a cache of 14 days (IVS facts §1.4); half of it leaves a week for runs that fail. */
export const REFRESH_ENDPOINTS_AFTER_MS = 7 * DAY_MS
/** A token lives at most 14 days and repeats the endpoints it began with, which may have been a week old. */
const FORGET_ENDPOINTS_AFTER_MS = 30 * DAY_MS
const PAGE = 100

export interface UpkeepDeps {
  readonly stages: StageStore
  readonly ivs: Pick<IvsStages, 'get' | 'remove'>
  /** Resolves after so many milliseconds: IVS takes five calls a second from the whole account. */
  readonly wait: (ms: number) => Promise<void>
}

export interface UpkeepReport {
  readonly seen: number
  readonly refreshed: number
  readonly removed: number
  readonly failed: number
}

const PACE_MS = 500

/** Goes through all stages: asks IVS again for endpoints that are a week old, and deletes what a reset left behind. */
export async function upkeep(deps: UpkeepDeps, now: EpochMs): Promise<UpkeepReport> {
  const report = { seen: 0, refreshed: 0, removed: 0, failed: 0 }
  let after: StageId | undefined
  do {
    const page = await deps.stages.list({ prefix: '', limit: PAGE, ...(after !== undefined && { after }) })
    report.seen += page.entries.length
    for (const entry of page.entries.filter((one) => isDue(one, now))) {
      const outcome = await lookAfter(deps, entry.stageId, now)
      report[outcome] += 1
      await deps.wait(PACE_MS)
    }
    after = page.next
  } while (after !== undefined)
  return report
}

const isDue = (entry: StageEntry, now: EpochMs): boolean =>
  entry.retired || entry.endpointsAt <= now - REFRESH_ENDPOINTS_AFTER_MS

/** One stage's trouble is not the others', and an old IVS stage that will not go does not keep the endpoints from us. */
async function lookAfter(
  deps: UpkeepDeps,
  stageId: StageId,
  now: EpochMs,
): Promise<'refreshed' | 'removed' | 'failed'> {
  try {
    const stage = await deps.stages.get(stageId)
    if (stage === undefined) return 'removed'
    const retired = await remaining(deps, stage.retired)
    const behind = stage.deleting ? undefined : await deps.ivs.get(stage.generation.stageArn)
    const endpoints = behind === undefined ? stage.endpoints : refreshed(stage.endpoints, behind.endpoints, now)
    const next: Stage = { ...stage, endpoints, retired, version: stage.version + 1 }
    if (!(await deps.stages.save(next, stage)) || retired.length > 0) return 'failed'
    return behind === undefined ? 'removed' : 'refreshed'
  } catch (error) {
    if (error instanceof Fault) return 'failed'
    throw error
  }
}

/** Those that IVS did not delete this time. */
async function remaining({ ivs }: UpkeepDeps, retired: readonly string[]): Promise<readonly string[]> {
  const left: string[] = []
  for (const stageArn of retired) {
    try {
      await ivs.remove(stageArn)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      left.push(stageArn)
    }
  }
  return left
}

type History = Stage['endpoints']

/** Same hosts: only their age. Others: a new version, and the old ones stay as long as a token may name them. */
export function refreshed(history: History, urls: Pick<Endpoints, 'events' | 'whip'>, now: EpochMs): History {
  const current = history.at(-1) ?? history[0]
  const earlier = history.slice(0, -1)
  if (current.events === urls.events && current.whip === urls.whip) {
    return [...earlier, { ...current, fetchedAt: now }] as unknown as History
  }
  // The last ones stay however old they are: tokens were signed with them until now.
  const kept = earlier.filter(({ fetchedAt }) => fetchedAt > now - FORGET_ENDPOINTS_AFTER_MS)
  return [
    ...[...kept, current],
    { version: current.version + 1, events: urls.events, whip: urls.whip, fetchedAt: now },
  ] as unknown as History
}
