import type { Capability } from '../grant/role.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { LONGEST_WAIT_SECONDS } from './carry-out.ts'
import type { Demotion, Ending, Endings, Watch, Watches } from './ending.ts'

/** What IVS says about people on one stage, asked now. Throws `Fault`. */
export interface Lookout {
  /** Which participants of this user are connected. */
  connectedOf(stageArn: string, userId: UserId): Promise<ReadonlySet<ParticipantId>>
  /**
   * What the participant's token lets it do, as far as IVS has seen: that of its last exchange, else nothing known.
   * `connected` is whether it is there now.
   */
  tokenOf(
    stageArn: string,
    participantId: ParticipantId,
  ): Promise<{ readonly connected: boolean; readonly exchangedTo?: readonly Capability[] }>
}

export interface LookDeps {
  readonly lookout: Lookout
  readonly endings: Endings
  readonly watches: Watches
}

/** Looks for ids that have ended; those that are there are put out, and the rest is looked for again until it has expired. */
export async function lookFor(deps: LookDeps, watch: Watch, now: EpochMs): Promise<void> {
  const ids = watch.ids.filter(({ expiresAt }) => expiresAt > secondsOf(now))
  if (ids.length === 0) return
  const connected = await deps.lookout.connectedOf(watch.stageArn, watch.userId)
  const there = ids.filter(({ participantId }) => connected.has(participantId))
  if (there.length > 0) await deps.endings.send(there.map((one) => endingOf(watch, one)))
  // Putting out somebody begins a watch of their own, from five seconds on.
  const rest = ids.filter((one) => !there.includes(one))
  if (rest.length > 0) await deps.watches.watch({ ...watch, ids: rest, waitSeconds: longer(watch.waitSeconds) })
}

const longer = (seconds: number): number => Math.min(seconds * 2, LONGEST_WAIT_SECONDS)

function endingOf(watch: Watch, { participantId, expiresAt }: Watch['ids'][number]): Ending {
  const { stageId, stageUid, generation, stageArn, userId, reason, priority } = watch
  const place = { stageId, stageUid, generation, stageArn }
  return { ...place, participantId, userId, reason, priority, freesSeat: true, expiresAt }
}

/** What a demotion needs to know and do about the user's record. */
export interface DemotionDeps extends LookDeps {
  /** The participant's recorded capabilities now, or nothing if it has ended. */
  readonly recorded: (demotion: Demotion) => Promise<readonly Capability[] | undefined>
  /** Ends it in the books, before it is put out. */
  readonly end: (demotion: Demotion) => Promise<void>
}

/**
 * At the deadline IVS is asked what happened. One whose last exchange fits what it may do now has obeyed and is left alone;
 * one that is there with more than that, or holds a token that was never exchanged, is ended.
 */
export async function settleDemotion(deps: DemotionDeps, demotion: Demotion): Promise<void> {
  const allowed = await deps.recorded(demotion)
  if (allowed === undefined) return
  const token = await deps.lookout.tokenOf(demotion.stageArn, demotion.participantId)
  if (token.exchangedTo !== undefined && fits(token.exchangedTo, allowed)) return
  await deps.end(demotion)
  const { stageId, stageUid, generation, stageArn, participantId, userId, freesSeat, expiresAt } = demotion
  const place = { stageId, stageUid, generation, stageArn }
  await deps.endings.send([
    { ...place, participantId, userId, reason: 'demoted', priority: 'demotion', freesSeat, expiresAt },
  ])
}

const fits = (some: readonly Capability[], all: readonly Capability[]): boolean =>
  some.every((capability) => all.includes(capability))
