import { Fault } from '../fault.ts'
import type { Capability } from '../grant/role.ts'
import { type ParticipantId, parseParticipantId, parseUserId } from '../ids.ts'
import { type Sighted, type Sighting, sighted } from '../participant/sighting.ts'
import type { Participant, UserKey } from '../participant/user-record.ts'
import { type Applied, applyEvidence } from '../roster/apply-event.ts'
import { emptyRoster, type Minted, SWEEP_MARGIN_MS } from '../roster/roster.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { microsOf, msOfMicros } from '../time.ts'
import { endBeyond } from './end-beyond.ts'
import type { EventDeps } from './event-deps.ts'
import { happeningsOf } from './happenings.ts'
import type { StageEvent } from './stage-event.ts'

type PublishingEvent = Extract<StageEvent, { kind: 'published' | 'unpublished' }>
type ExchangeEvent = Extract<StageEvent, { kind: 'token_exchanged' }>
type ParticipantEvent = Extract<StageEvent, { participantId: string }>

/** `ignored`: of a stage that is none of ours (any more). */
export type Taken = Applied['outcome'] | 'recorded' | 'ignored'

const ATTEMPTS = 6
/** History of what belongs to no session of its own. */
const NO_SESSION = '-'

/**
 * Takes in one event, however often and in whatever order it comes: into the history once, onto the roster if nothing later
 * is known, and against the participant's recorded right. What follows from it is told before this returns, so that a
 * redelivery tells it again and nothing is lost in between.
 */
export async function takeEvent(deps: EventDeps, event: StageEvent): Promise<Taken> {
  const stage = await deps.arns.find(event.stageArn)
  if (stage === undefined) return 'ignored'
  const seen = await look(deps, stage, event)
  await record(deps, stage, event, seen)
  if (seen?.kind === 'ours' && seen.beyond) await end(deps, stage, event, seen)
  if (event.kind !== 'published' && event.kind !== 'unpublished') return 'recorded'
  if (seen?.kind !== 'ours') await endStranger(deps, stage, event)
  const minted = seen?.kind === 'ours' ? mintedOf(event, seen.participant) : undefined
  const { outcome, roster } = await ontoRoster(deps, stage, event, minted)
  // Who was connected before the last sweep, it has said: a late event must not make anyone so again.
  const isOlder = roster.sweptAt !== undefined && event.at < microsOf(roster.sweptAt - SWEEP_MARGIN_MS)
  if (outcome !== 'late' && !isOlder && seen?.kind === 'ours') await note(deps, stage, event)
  return outcome
}

async function look(deps: EventDeps, stage: StageOfArn, event: StageEvent): Promise<Sighted | undefined> {
  const sighting = isSighting(event) ? sightingOf(event) : undefined
  const key = userKeyOf(stage, event)
  if (sighting === undefined || key === undefined) return undefined
  return sighted(await deps.participants.load(key), sighting, deps.clock())
}

/** Writes the sighting down, unless something later is known. */
async function note(deps: EventDeps, stage: StageOfArn, event: PublishingEvent): Promise<void> {
  const sighting = sightingOf(event)
  const key = userKeyOf(stage, event)
  if (sighting === undefined || key === undefined) return
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await deps.participants.load(key)
    const seen = sighted(before, sighting, deps.clock())
    if (seen.kind === 'unmanaged' || seen.record === undefined) return
    if (await deps.participants.save(key, seen.record, before)) return
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write a sighting')
}

function userKeyOf({ stageUid }: StageOfArn, event: StageEvent): UserKey | undefined {
  const userId = parseUserId('userId' in event ? event.userId : undefined)
  return userId.ok ? { stageUid, userId: userId.value } : undefined
}

const isSighting = (event: StageEvent): event is PublishingEvent | ExchangeEvent =>
  event.kind === 'published' || event.kind === 'unpublished' || event.kind === 'token_exchanged'

/**
 * A replica carries the id of another stage's participant: nothing of this stage's grants is about it (IVS facts §11.2).
 * Whoever stops publishing may be gone: that they are still there is for a sweep to say, and until then they do not count.
 */
function sightingOf(event: PublishingEvent | ExchangeEvent): Sighting | undefined {
  const id = parseParticipantId(event.participantId)
  if (!id.ok || event.replica) return undefined
  const done: Record<typeof event.kind, readonly Capability[] | undefined> = {
    published: ['PUBLISH'],
    unpublished: undefined,
    token_exchanged: event.kind === 'token_exchanged' ? event.next.capabilities : undefined,
  }
  const capabilities = done[event.kind]
  return { id: id.value, connected: event.kind !== 'unpublished', at: event.at, ...(capabilities && { capabilities }) }
}

async function record(
  deps: EventDeps,
  { stageUid }: StageOfArn,
  event: StageEvent,
  seen: Sighted | undefined,
): Promise<void> {
  const { participantId } = event as Partial<ParticipantEvent>
  const userId = seen?.kind === 'ours' ? (event as ParticipantEvent).userId : undefined
  const errorCode = 'errorCode' in event ? event.errorCode : undefined
  const entry = {
    at: event.at,
    name: nameOf(event),
    ...(participantId !== undefined && { participantId }),
    ...(userId !== undefined && { userId }),
    ...(errorCode !== undefined && { errorCode }),
  }
  const sessionId = 'sessionId' in event ? event.sessionId : NO_SESSION
  await deps.history.append(stageUid, sessionId, entry, deps.historySeconds)
}

function nameOf(event: StageEvent): string {
  if (event.kind === 'recording') return `recording: ${event.name}`
  if (event.kind === 'composition') return `composition: ${event.name}`
  return event.kind === 'unknown' ? `unknown: ${event.name ?? event.detailType}` : event.kind
}

type Ours = Extract<Sighted, { kind: 'ours' }>

/** Whoever does more than they may has ended from now on, in the books first: they get no more tokens by that id. */
async function end(deps: EventDeps, stage: StageOfArn, event: StageEvent, seen: Ours): Promise<void> {
  const key = userKeyOf(stage, event)
  if (key !== undefined) await endBeyond(deps, stage, event.stageArn, seen, key.userId)
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

async function ontoRoster(
  deps: EventDeps,
  stage: StageOfArn,
  event: PublishingEvent,
  minted: Minted | undefined,
): Promise<Applied> {
  const key = { stageUid: stage.stageUid, generation: stage.generation }
  const evidence = {
    participantId: event.participantId as ParticipantId,
    sessionId: event.sessionId,
    publishing: event.kind === 'published',
    at: event.at,
    precise: event.precise,
    ...(minted !== undefined && { minted }),
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await deps.rosters.load(key)
    const applied = applyEvidence(before ?? emptyRoster(msOfMicros(event.at)), evidence)
    const changed = applied.outcome === 'applied' || applied.outcome === 'doubtful'
    if (changed && !(await deps.rosters.save(key, applied.roster, before))) continue
    if (applied.outcome === 'repeated' || (changed && before?.sessionId !== event.sessionId)) {
      const session = { sessionId: event.sessionId, startedAt: event.at }
      await deps.history.noteSession(stage.stageUid, session, deps.historySeconds)
    }
    if (applied.outcome === 'doubtful') await deps.sweeps.soon(stage)
    await deps.events.publish(happeningsOf(stage, event, applied, evidence))
    return applied
  }
  throw new Fault('storage_unavailable', 'a roster changed under every attempt to write it')
}

function mintedOf(event: PublishingEvent, participant: Participant): Minted | undefined {
  const userId = parseUserId(event.userId)
  if (!userId.ok) return undefined
  const { role, slot, capabilities, attributes } = participant
  return { userId: userId.value, role, slot, capabilities, attributes }
}
