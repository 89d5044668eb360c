import { happeningOf } from '../event/happenings.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import type { Attendee } from '../ivs/census.ts'
import type { Sweep, Verdict } from '../roster/apply-sweep.ts'
import type { Roster } from '../roster/roster.ts'
import type { Stage } from '../stage/stage.ts'
import { type EpochMs, microsOf, secondsOf } from '../time.ts'
import { type Answers, askStage } from './ask-stage.ts'
import { mendSeats } from './mend-seats.ts'
import { noteSessions } from './note-sessions.ts'
import { ontoRoster } from './onto-roster.ts'
import type { PresentPage } from './present-store.ts'
import { type Recognised, sightPeople } from './sight-people.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'
import { type AskFrom, askFromOf } from './whom-to-ask.ts'
import { type UserSighting, whomToSight } from './whom-to-sight.ts'

export interface SweepReport {
  /** When IVS was asked: nothing we say of this stage is older now. */
  readonly at: EpochMs
  readonly connected: number
  readonly publishing: number
  readonly changes: number
  /** Somebody came, went or did something since the last sweep. */
  readonly lively: boolean
  /** Something is to be asked again, soon. */
  readonly doubtful: boolean
}

/**
 * Asks IVS about everyone on one stage and mends what differs: the users' records, the roster, the seats, the sessions. Who
 * was present is written last: a sweep that ends too early is begun again with the same difference before it. Throws `Fault`.
 */
export async function sweepStage(deps: SweepDeps, target: SweepTarget): Promise<SweepReport> {
  const { stage } = target
  const key = { stageUid: stage.stageUid, generation: stage.generation }
  const before = await deps.rosters.load(key)
  const { people: earlier, askFrom } = await presentBefore(deps, target)
  const answers = await askStage(deps, target, before, askFrom)
  const sightings = whomToSight(answers, before, earlier)
  const recognised = await sightPeople(deps, target, sightings)
  await endStrangers(deps, target, answers, recognised)
  const connected = new Set(answers.attendees.keys())
  await mendSeats(deps, target, connected)
  await noteSessions(deps, target, before, answers.at)
  const swept = await ontoRoster(deps, target, sweepOf(target, answers, recognised), before)
  await tellWhoLeft(deps, target, sightings, recognised, before, answers.at)
  await deps.present.replace(
    key,
    pagesOf(answers, earlier, recognised, (id) => askFromOf(id, answers, swept.roster, askFrom)),
  )
  if (swept.doubtful) await deps.sweeps.soon(stage)
  return {
    at: answers.at,
    connected: connected.size,
    publishing: swept.roster.entries.filter((entry) => entry.publishing).length,
    changes: swept.changes.length,
    lively: swept.changes.length > 0 || isHeardOf(before) || !isSame(connected, earlier),
    doubtful: swept.doubtful,
  }
}

const isHeardOf = (before: Roster | undefined): boolean =>
  before?.entries.some(({ at }) => at > microsOf(before.sweptAt ?? 0)) ?? false

const isSame = (now: ReadonlySet<ParticipantId>, earlier: People): boolean =>
  now.size === earlier.size && [...now].every((id) => earlier.has(id))

type People = ReadonlyMap<ParticipantId, UserId | undefined>

async function presentBefore(
  { present }: SweepDeps,
  { stage }: SweepTarget,
): Promise<{ readonly people: People; readonly askFrom: AskFrom }> {
  const people = new Map<ParticipantId, UserId | undefined>()
  const askFrom = new Map<ParticipantId, EpochMs>()
  let next: number | undefined = 0
  while (next !== undefined) {
    const page: PresentPage | undefined = await present.page(stage, next)
    for (const { participantId, userId, askFrom: from } of page?.people ?? []) {
      people.set(participantId, userId)
      if (from !== undefined) askFrom.set(participantId, from)
    }
    next = page?.next
  }
  return { people, askFrom }
}

function sweepOf({ sessionId }: SweepTarget, answers: Answers, { minted }: Recognised): Sweep {
  const publishing = [...answers.attendees].flatMap(([id, { everPublished }]): [ParticipantId, Verdict][] =>
    everPublished ? [[id, answers.doings.get(id) ?? 'presumed']] : [],
  )
  return {
    at: answers.at,
    ...(sessionId !== undefined && { sessionId }),
    connected: new Set(answers.attendees.keys()),
    publishing: new Map(publishing),
    minted,
  }
}

/** A stage may be strict: then nobody is there whom we did not let in. */
async function endStrangers(
  deps: SweepDeps,
  { stage, stageArn }: SweepTarget,
  { attendees, at }: Answers,
  { strangers, minted }: Recognised,
): Promise<void> {
  const isStranger = (id: ParticipantId, { replica, userId }: Attendee): boolean =>
    !replica && !minted.has(id) && (strangers.has(id) || userId === undefined)
  const found = [...attendees].filter(([id, attendee]) => isStranger(id, attendee)).map(([id]) => id)
  if (found.length === 0) return
  const record: Stage | undefined = await deps.stages.get(stage.stageId)
  if (!record?.strict || record.uid !== stage.stageUid) return
  const { stageId, stageUid, generation } = stage
  const ending = { stageId, stageUid, generation, stageArn, freesSeat: false, expiresAt: secondsOf(at) }
  await deps.endings.send(
    found.map((participantId) => ({ ...ending, participantId, reason: 'kicked' as const, priority: 'kick' as const })),
  )
}

/** Who published is told of with the roster; this is about everyone else who was there and is ours. */
async function tellWhoLeft(
  deps: SweepDeps,
  { stage }: SweepTarget,
  sightings: readonly UserSighting[],
  { minted }: Recognised,
  before: Roster | undefined,
  at: EpochMs,
): Promise<void> {
  const onRoster = new Set(before?.entries.map(({ participantId }) => participantId))
  const left = sightings.flatMap(({ sighting, wasThere }) => {
    const who = minted.get(sighting.id)
    if (sighting.connected || !wasThere || who === undefined || onRoster.has(sighting.id)) return []
    const change = { kind: 'disconnected' as const, participantId: sighting.id, minted: who, at: microsOf(at) }
    const { version: _, ...event } = happeningOf(stage, change, 0)
    return [event]
  })
  if (left.length > 0) await deps.events.publish(left)
}

/** A page for each call, and an empty one where nobody is there. */
function pagesOf(
  { at, pages }: Answers,
  earlier: People,
  { minted, strangers }: Recognised,
  askFromOf: (id: ParticipantId) => EpochMs | undefined,
): readonly PresentPage[] {
  const personOf = ({ participantId: text }: Attendee) => {
    const participantId = text as ParticipantId
    const userId =
      minted.get(participantId)?.userId ?? (strangers.has(participantId) ? undefined : earlier.get(participantId))
    const askFrom = askFromOf(participantId)
    return { participantId, ...(userId !== undefined && { userId }), ...(askFrom !== undefined && { askFrom }) }
  }
  const found = pages.length === 0 ? [[]] : pages
  return found.map((page, number) => ({
    at,
    people: page.map(personOf),
    ...(number + 1 < found.length && { next: number + 1 }),
  }))
}
