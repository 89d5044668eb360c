import type { Capability } from '../grant/role.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { LONGEST_WAIT_SECONDS, mayStillJoin } from './carry-out.ts'
import type { Demotion, Ending, Endings, Watch, Watches } from './ending.ts'

/** What IVS says about people on one stage, asked now. Throws `Fault`. */
export interface Lookout {
  /** Which participants of this user are connected. */
  connectedOf(stageArn: string, userId: UserId): Promise<ReadonlySet<ParticipantId>>
  /** What IVS has seen of a participant in the stage's session; nothing where it never was there. */
  traceOf(stageArn: string, participantId: ParticipantId): Promise<Trace | undefined>
}

/** The latest of each kind that IVS has seen of a participant. */
export interface Trace {
  readonly connected: boolean
  readonly publishing: boolean
  readonly joinedAt?: EpochMs
  /** What the token of its last exchange lets it do. */
  readonly exchangedTo?: readonly Capability[]
}

export interface LookDeps {
  readonly lookout: Lookout
  readonly endings: Endings
  readonly watches: Watches
}

/**
 * Looks for ids that have ended; those that are there are put out, and the rest is looked for again until it has expired,
 * and once after that: who came just before stays for as long as they like.
 */
export async function lookFor(deps: LookDeps, watch: Watch, now: EpochMs): Promise<void> {
  const { ids } = watch
  const connected = await deps.lookout.connectedOf(watch.stageArn, watch.userId)
  const there = ids.filter(({ participantId }) => connected.has(participantId))
  if (there.length > 0) await deps.endings.send(there.map((one) => endingOf(watch, one)))
  // Putting out somebody begins a watch of their own, from five seconds on.
  const rest = ids.filter((one) => !there.includes(one) && mayStillJoin(one.expiresAt, secondsOf(now)))
  if (rest.length > 0) await deps.watches.watch({ ...watch, ids: rest, waitSeconds: longer(watch.waitSeconds) })
}

const longer = (seconds: number): number => Math.min(seconds * 2, LONGEST_WAIT_SECONDS)

function endingOf(watch: Watch, { participantId, expiresAt }: Watch['ids'][number]): Ending {
  const { stageId, stageUid, generation, stageArn, userId, reason, priority } = watch
  const place = { stageId, stageUid, generation, stageArn }
  return { ...place, participantId, userId, reason, priority, freesSeat: true, expiresAt }
}

/** The participant as recorded now. */
export interface Recorded {
  readonly capabilities: readonly Capability[]
  readonly refreshedAt?: EpochMs
  /** As demoted: an earlier delivery may have gone no further than that. */
  readonly ended?: boolean
}

/** What a demotion needs to know and do about the user's record. */
export interface DemotionDeps extends LookDeps {
  /** Nothing if it has ended for another reason. */
  readonly recorded: (demotion: Demotion) => Promise<Recorded | undefined>
  /** Ends it in the books, before it is put out. */
  readonly end: (demotion: Demotion) => Promise<void>
}

/**
 * At the deadline IVS is asked what happened. Who obeyed is left alone; who did not is ended, also one that was never there:
 * it may come yet, with a token that allows more than it should.
 * @param sentAt when the right was lowered
 */
export async function settleDemotion(deps: DemotionDeps, demotion: Demotion, sentAt: EpochMs): Promise<void> {
  const recorded = await deps.recorded(demotion)
  // Ended meanwhile, or raised again: then this demotion is no longer what holds.
  if (recorded === undefined || !fits(recorded.capabilities, demotion.capabilities)) return
  if (!recorded.ended) {
    const trace = await deps.lookout.traceOf(demotion.stageArn, demotion.participantId)
    if (obeyed(recorded, trace, sentAt)) return
    await deps.end(demotion)
  }
  const { stageId, stageUid, generation, stageArn, participantId, userId, freesSeat, expiresAt } = demotion
  const place = { stageId, stageUid, generation, stageArn }
  await deps.endings.send([
    { ...place, participantId, userId, reason: 'demoted', priority: 'demotion', freesSeat, expiresAt },
  ])
}

/**
 * Its last exchange fits what it may do now, or it holds a token made since and did not join with an older one. IVS does
 * not say which token somebody joined with, so whoever publishes has not obeyed, whatever else is true of them.
 */
function obeyed({ capabilities, refreshedAt }: Recorded, trace: Trace | undefined, sentAt: EpochMs): boolean {
  if (trace?.publishing && !capabilities.includes('PUBLISH')) return false
  if (trace?.exchangedTo !== undefined) return fits(trace.exchangedTo, capabilities)
  if (refreshedAt === undefined || refreshedAt < sentAt - CLOCKS_DIFFER_MS) return false
  return trace === undefined || !trace.connected || (trace.joinedAt ?? 0) >= refreshedAt - CLOCKS_DIFFER_MS
}

/** How far our clock, SQS's and IVS's may lie apart. */
const CLOCKS_DIFFER_MS = 2_000

const fits = (some: readonly Capability[], all: readonly Capability[]): boolean =>
  some.every((capability) => all.includes(capability))
