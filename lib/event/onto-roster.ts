import { untilWritten } from '../contended.ts'
import type { ParticipantId } from '../ids.ts'
import { type Applied, applyEvidence, type PublishingEvidence } from '../roster/apply-event.ts'
import { emptyRoster, type Minted, type Roster, type RosterHappening } from '../roster/roster.ts'
import { withMoreUntold } from '../roster/untold.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { msOfMicros } from '../time.ts'
import type { EventDeps } from './event-deps.ts'
import { happeningsOf } from './happenings.ts'
import type { PublishingEvent } from './sighting-of.ts'

/** An event for the roster, and what we minted its participant: absent of one that is not ours. */
export interface Evident {
  readonly event: PublishingEvent
  readonly minted?: Minted
}

interface Step extends Evident {
  readonly evidence: PublishingEvidence
  readonly before: Roster
  readonly applied: Applied
}

/**
 * Events of one stage onto its roster, oldest first: one after the other by the rules, with one write for all of them. Sessions
 * are noted and what changed is told before this returns. Throws `Fault`: then all of them are to come again.
 */
export async function ontoRoster(
  deps: EventDeps,
  stage: StageOfArn,
  evident: readonly Evident[],
): Promise<ReadonlyMap<PublishingEvent, Applied>> {
  const inOrder = evident.toSorted((one, other) => one.event.at - other.event.at)
  const steps = inOrder.length === 0 ? [] : await write(deps, stage, inOrder)
  await noteSessions(deps, stage, steps)
  if (steps.some(({ applied }) => applied.outcome === 'doubtful')) await deps.sweeps.soon(stage)
  await tell(
    deps,
    stage,
    steps.flatMap(({ event, applied, evidence }) => happeningsOf(stage, event, applied, evidence)),
  )
  return new Map(steps.map(({ event, applied }) => [event, applied]))
}

const write = (deps: EventDeps, stage: StageOfArn, evident: readonly Evident[]): Promise<readonly Step[]> =>
  untilWritten(deps, 'a roster', async () => {
    const seen = await deps.rosters.load(stage)
    const steps = stepsFrom(seen, evident, stage.generation)
    const last = steps.at(-1)?.applied.roster
    const isChanged = last !== undefined && steps.some(isChange)
    return !isChanged || (await deps.rosters.save(stage, last, seen)) ? steps : undefined
  })

function stepsFrom(seen: Roster | undefined, evident: readonly Evident[], generation: number): readonly Step[] {
  const steps: Step[] = []
  for (const { event, minted } of evident) {
    const before: Roster = steps.at(-1)?.applied.roster ?? seen ?? emptyRoster(msOfMicros(event.at), generation)
    const evidence = {
      participantId: event.participantId as ParticipantId,
      sessionId: event.sessionId,
      publishing: event.kind === 'published',
      at: event.at,
      precise: event.precise,
      ...(minted !== undefined && { minted }),
    }
    steps.push({ event, ...(minted && { minted }), evidence, before, applied: applyEvidence(before, evidence) })
  }
  return steps
}

const isChange = ({ before, applied }: Step): boolean => applied.roster.version !== before.version

/** A repeated event may be one whose first delivery ended before its session was noted. */
async function noteSessions(deps: EventDeps, { stageUid }: StageOfArn, steps: readonly Step[]): Promise<void> {
  const telling = steps.filter(
    (step) => step.applied.outcome === 'repeated' || (isChange(step) && step.before.sessionId !== step.event.sessionId),
  )
  const startOf = new Map(telling.toReversed().map(({ event }) => [event.sessionId, event.at]))
  for (const [sessionId, startedAt] of startOf) {
    await deps.history.noteSession(stageUid, { sessionId, startedAt }, deps.historySeconds)
  }
}

/**
 * What the bus does not take is told when the events come again; but what a later event has changed since would then be old
 * news. So it is also left on the roster, where the next sweep finds and tells it.
 */
async function tell(deps: EventDeps, stage: StageOfArn, happenings: readonly RosterHappening[]): Promise<void> {
  if (happenings.length === 0) return
  try {
    await deps.events.publish(happenings)
  } catch (error) {
    await leaveUntold(deps, stage, happenings).catch(() => undefined)
    throw error
  }
}

const leaveUntold = (deps: EventDeps, stage: StageOfArn, happenings: readonly RosterHappening[]): Promise<true> =>
  untilWritten(deps, 'a roster', async () => {
    const seen = await deps.rosters.load(stage)
    const left = new Set(seen?.untold?.map(({ id }) => id))
    const untold = withMoreUntold(
      seen?.untold ?? [],
      happenings.filter(({ id }) => !left.has(id)),
    )
    if (seen === undefined || untold.length === left.size) return true
    return (await deps.rosters.save(stage, { ...seen, version: seen.version + 1, untold }, seen)) || undefined
  })
