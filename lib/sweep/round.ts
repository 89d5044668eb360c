import type { ListedStage } from '../ivs/census.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { renewStage } from '../stages/renew-stage.ts'
import { type EpochMs, type Minutes, msOf, secondsOf, secondsOfMinutes } from '../time.ts'
import { finishWhatIsLeft } from './finish-stages.ts'
import { isOwn, liveAmong } from './list-stages.ts'
import type { LiveStage } from './live-store.ts'
import { asksOf, LIVELY_MS, QUIET_MS, type Watched } from './plan.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { sweepStage } from './sweep-stage.ts'

/** What one run knows of the stages it looks after, by life and generation. */
export type Round = Map<string, Watched>

export const keyOf = ({ stageUid, generation }: StageOfArn): string => `${stageUid}#${generation}`
const MAX_WANTED = 100

/** Asks IVS for its stages: new live ones are watched from now on, those that are live no more are swept once again. */
export async function refresh(deps: ReconcileDeps, round: Round): Promise<readonly ListedStage[]> {
  const own: ListedStage[] = []
  for await (const page of deps.census.stages()) own.push(...page.filter((one) => isOwn(one, deps.deployment)))
  const found = await liveAmong(own, deps.arns)
  const live = new Set(found.map(keyOf))
  for (const one of found) await watch(deps, round, one)
  for (const [key, watched] of round) if (!live.has(key)) round.set(key, { ...watched, gone: true })
  return own
}

async function watch(deps: ReconcileDeps, round: Round, found: Omit<LiveStage, 'since'>): Promise<void> {
  const key = keyOf(found)
  const isNew = round.get(key)?.live.sessionId !== found.sessionId
  const fresh: LiveStage = { ...found, since: deps.clock() }
  if (isNew) await deps.live.put(fresh)
  const { gone: _, ...known } = round.get(key) ?? { live: fresh }
  round.set(key, isNew ? { ...known, live: fresh } : known)
}

/** Stages somebody wants looked at before their turn. One that is not live is looked at too: that it ended may be the doubt. */
export async function takeRequests(deps: ReconcileDeps, round: Round): Promise<void> {
  for (const stage of await deps.sweeps.waiting(MAX_WANTED)) {
    const watched = round.get(keyOf(stage)) ?? (await notLive(deps, stage))
    await deps.sweeps.done(stage)
    if (watched !== undefined) round.set(keyOf(stage), { ...watched, wantedSince: watched.wantedSince ?? deps.clock() })
  }
}

async function notLive(deps: ReconcileDeps, stage: StageOfArn): Promise<Watched | undefined> {
  const record = await deps.stages.get(stage.stageId)
  const roster = await deps.rosters.load(stage)
  const isCurrent = record?.uid === stage.stageUid && record.generation.number === stage.generation
  if (!isCurrent || roster?.sessionId === undefined) return undefined
  const { stageArn } = record.generation
  return { live: { ...stage, stageArn, sessionId: roster.sessionId, since: deps.clock() }, gone: true }
}

/** Sweeps one stage and writes down that it was. Throws `Fault`. */
export async function sweepOne(deps: ReconcileDeps, round: Round, watched: Watched, count: number): Promise<void> {
  const { stageId, stageUid, generation, stageArn } = watched.live
  const sessionId = await sessionNow(deps, watched)
  const stage = { stageId, stageUid, generation }
  const asks = asksOf(round.size, deps.callsPerSecond, count, watched.live.lively ? LIVELY_MS : QUIET_MS)
  const report = await sweepStage(deps, { stage, stageArn, asks, ...(sessionId !== undefined && { sessionId }) })
  if (sessionId === undefined) {
    await deps.live.remove(stage)
    round.delete(keyOf(stage))
    return
  }
  const { idleSince = report.at, lively: _, ...known } = watched.live
  const live: LiveStage = {
    ...known,
    ...{ sessionId, sweptAt: report.at },
    ...(report.publishing === 0 && { idleSince }),
    ...(report.lively && { lively: true }),
  }
  await deps.live.put(live)
  const now = round.get(keyOf(stage)) ?? watched
  const isStillWanted = now.wantedSince !== undefined && now.wantedSince > report.at
  round.set(keyOf(stage), isStillWanted ? { live, wantedSince: now.wantedSince } : { live })
  if (report.connected > 0) await lookAtRecord(deps, live)
}

/** A list that is read in pages may miss one: only IVS's word that the session ended makes a stage idle. */
async function sessionNow({ census }: ReconcileDeps, { live, gone }: Watched): Promise<string | undefined> {
  if (!gone) return live.sessionId
  const run = await census.session(live.stageArn, live.sessionId)
  return run !== undefined && run.endedAt === undefined ? live.sessionId : undefined
}

/**
 * Somebody is there: also on what a reset or a deletion should have taken away. Where a stage is over, whoever is still there
 * is out with the IVS stage behind it; one past its end nobody can join again.
 */
async function lookAtRecord(deps: ReconcileDeps, live: LiveStage): Promise<void> {
  const { stageId, stageUid, generation, idleSince } = live
  const record = await deps.stages.get(stageId)
  if (record?.uid !== stageUid || (await finishWhatIsLeft(deps, record))) return
  const isCurrent = record.generation.number === generation && !record.deleting
  if (!isCurrent || !isOver(record, idleSince, deps.clock())) return
  await renewStage(deps, record, deps.clock())
  deps.logger.info('stage_ended', { stageId })
}

function isOver(
  { endsAt, idleMinutes }: Pick<Stage, 'endsAt' | 'idleMinutes'>,
  idleSince: EpochMs | undefined,
  now: EpochMs,
): boolean {
  if (endsAt !== undefined && endsAt <= secondsOf(now)) return true
  return idleMinutes !== undefined && idleSince !== undefined && msOfMinutes(idleMinutes) <= now - idleSince
}

const msOfMinutes = (minutes: Minutes): number => msOf(secondsOfMinutes(minutes))
