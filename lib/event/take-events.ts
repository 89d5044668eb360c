import { parseParticipantId, parseUserId, type UserId } from '../ids.ts'
import { type Sighted, type Sighting, sighted } from '../participant/sighting.ts'
import type { UserRecord } from '../participant/user-record.ts'
import type { Applied } from '../roster/apply-event.ts'
import { SWEEP_MARGIN_MS } from '../roster/roster.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { microsOf } from '../time.ts'
import { endBeyond } from './end-beyond.ts'
import type { EventDeps } from './event-deps.ts'
import { intoHistory } from './into-history.ts'
import { noteSightings } from './note-sightings.ts'
import { type Evident, ontoRoster } from './onto-roster.ts'
import { isPublishing, type PublishingEvent, sightingOf, userKeyOf } from './sighting-of.ts'
import type { StageEvent } from './stage-event.ts'
import { type First, tellGranted } from './tell-granted.ts'

/** `ignored`: of a stage that is none of ours (any more). */
export type Taken = Applied['outcome'] | 'recorded' | 'ignored'

/**
 * Takes in events, however often and in whatever order they come: into the history once, onto the roster if nothing later is
 * known, and against each participant's recorded right. What follows from one is told before this returns, so that a
 * redelivery tells it again and nothing is lost in between. Those of one stage share their writes; a failure is that of the
 * events it concerns alone. Answers in the order of the events.
 */
export async function takeEvents(
  deps: EventDeps,
  events: readonly StageEvent[],
): Promise<readonly PromiseSettledResult<Taken>[]> {
  const stages = new Map<string, Promise<OfStage>>()
  for (const [stageArn, some] of Map.groupBy(events, (event) => event.stageArn)) {
    stages.set(stageArn, takeOfStage(deps, stageArn, some))
  }
  return Promise.allSettled(
    events.map(async (event) => {
      const outcomeOf = await stages.get(event.stageArn)
      return outcomeOf?.(event) ?? 'ignored'
    }),
  )
}

/** Answers what became of one of the events, or throws what kept it from being taken in. */
type OfStage = (event: StageEvent) => Taken

async function takeOfStage(deps: EventDeps, stageArn: string, events: readonly StageEvent[]): Promise<OfStage> {
  const stage = await deps.arns.find(stageArn)
  if (stage === undefined) return () => 'ignored'
  const records = readRecords(deps, stage)
  const looks = await Promise.allSettled(events.map((event) => takeAlone(deps, stage, event, records)))
  const looked = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
  const firsts = deps.tellsGrants ? looked.flatMap((look) => firstOf(stage, look)) : []
  const [granted] = await Promise.allSettled([tellGranted(deps.events, stage, firsts)])
  const [rostered] = await Promise.allSettled([ontoRoster(deps, stage, looked.flatMap(evidentOf))])
  const applied: ReadonlyMap<StageEvent, Applied> = rostered.status === 'fulfilled' ? rostered.value : new Map()
  const untold = new Set(granted.status === 'rejected' ? firsts.map(({ event }) => event) : [])
  const told = looked.filter(({ event }) => !untold.has(event))
  const noted = await note(deps, stage, told, applied, records)
  const lookAt = new Map(events.map((event, index) => [event, looks[index]]))
  const isFirst = new Set(firsts.map(({ event }) => event))
  return (event) => {
    orThrow(lookAt.get(event))
    if (isFirst.has(event)) orThrow(granted)
    if (isPublishing(event)) orThrow(rostered)
    if (isPublishing(event) || isFirst.has(event)) orThrow(noted.get(userKeyOf(stage, event)?.userId))
    return applied.get(event)?.outcome ?? 'recorded'
  }
}

function orThrow(settled: PromiseSettledResult<unknown> | undefined): void {
  if (settled?.status === 'rejected') throw settled.reason
}

/** Each user's record is read once, by the first event that names them. */
function readRecords(deps: EventDeps, stage: StageOfArn) {
  const read = new Map<UserId, Promise<UserRecord | undefined>>()
  return (userId: UserId): Promise<UserRecord | undefined> => {
    const record = read.get(userId) ?? deps.participants.load({ stageUid: stage.stageUid, userId })
    read.set(userId, record)
    return record
  }
}
type Records = ReturnType<typeof readRecords>

interface Looked {
  readonly event: StageEvent
  readonly seen: Sighted | undefined
}

/** What concerns no other event of its stage: the history, and whoever does more than they may. */
async function takeAlone(deps: EventDeps, stage: StageOfArn, event: StageEvent, records: Records): Promise<Looked> {
  const sighting = sightingOf(event)
  const key = userKeyOf(stage, event)
  const isLookedFor = sighting !== undefined && key !== undefined
  const seen = isLookedFor ? sighted(await records(key.userId), sighting, deps.clock()) : undefined
  await intoHistory(deps, stage, event, seen)
  const isStranger = seen === undefined || seen.kind === 'unmanaged'
  if (!isStranger && seen.beyond && key !== undefined) await endBeyond(deps, stage, event.stageArn, seen, key.userId)
  if (isStranger && isPublishing(event)) await endStranger(deps, stage, event)
  return { event, seen }
}

/** A stage may be strict: then nobody publishes there whom we did not let in. */
async function endStranger(deps: EventDeps, stage: StageOfArn, event: PublishingEvent): Promise<void> {
  if (event.kind !== 'published' || event.replica) return
  const id = parseParticipantId(event.participantId)
  if (!id.ok || !(await deps.stages.get(stage.stageId))?.strict) return
  const { stageId, stageUid, generation } = stage
  const ending = { stageId, stageUid, generation, stageArn: event.stageArn, participantId: id.value }
  const now = deps.clock()
  await deps.endings.send([
    { ...ending, reason: 'kicked', priority: 'kick', freesSeat: false, expiresAt: Math.floor(now / 1000) },
  ])
}

function evidentOf({ event, seen }: Looked): Evident[] {
  if (!isPublishing(event)) return []
  const userId = parseUserId(event.userId)
  if (seen?.kind !== 'ours' || !userId.ok) return [{ event }]
  const { role, slot, capabilities, attributes } = seen.participant
  return [{ event, minted: { userId: userId.value, role, slot, capabilities, attributes } }]
}

function firstOf(stage: StageOfArn, { event, seen }: Looked): (First & { readonly event: StageEvent })[] {
  const key = userKeyOf(stage, event)
  if (seen?.kind !== 'ours' || !seen.isFirst || key === undefined) return []
  return [{ event, userId: key.userId, participant: seen.participant, at: event.at }]
}

type Noted = ReadonlyMap<UserId | undefined, PromiseSettledResult<true>>

/** Who was connected before the last sweep, it has said: a late event must not make anyone so again. */
async function note(
  deps: EventDeps,
  stage: StageOfArn,
  looked: readonly Looked[],
  applied: ReadonlyMap<StageEvent, Applied>,
  records: Records,
): Promise<Noted> {
  const isNews = (event: StageEvent): boolean => {
    const { outcome = 'late', roster } = applied.get(event) ?? {}
    const isOlder = roster?.sweptAt !== undefined && event.at < microsOf(roster.sweptAt - SWEEP_MARGIN_MS)
    return outcome !== 'late' && !isOlder
  }
  const worth = looked.filter(
    ({ event, seen }) => seen?.kind === 'ours' && (isNews(event) || (deps.tellsGrants && seen.isFirst)),
  )
  const byUser = Map.groupBy(worth, ({ event }) => userKeyOf(stage, event)?.userId)
  const noted = [...byUser].map(async ([userId, some]): Promise<true> => {
    if (userId === undefined) return true
    const sightings = some.flatMap(({ event, seen }) => (isNews(event) ? sightingOf(event) : markOf(seen)) ?? [])
    return noteSightings(deps, { stageUid: stage.stageUid, userId }, sightings, await records(userId))
  })
  const settled = await Promise.allSettled(noted)
  return new Map([...byUser.keys()].map((userId, index) => [userId, settled[index] ?? NOTHING_TO_NOTE]))
}

/** That somebody was seen and told of, without a word of who is there now: whatever is heard of them is later than their grant. */
const markOf = (seen: Sighted | undefined): Sighting | undefined =>
  seen?.kind === 'ours' ? { id: seen.participant.id, at: microsOf(seen.participant.mintedAt) } : undefined

const NOTHING_TO_NOTE = { status: 'fulfilled', value: true } as const
