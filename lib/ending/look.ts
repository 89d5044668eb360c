import { Fault } from '../fault.ts'
import type { ParticipantId } from '../ids.ts'
import type { Presence } from '../ivs/presence.ts'
import type { SweepRequests } from '../sweep/sweep-requests.ts'
import { type EpochMs, msOf, secondsOf } from '../time.ts'
import type { Ending, Endings, Look } from './ending.ts'
import { PRIORITY_OF } from './endings-of.ts'
import type { LastSweep } from './last-sweep.ts'
import type { Lookout } from './lookout.ts'
import { LONGEST_WAIT_SECONDS, mayStillJoin, next, type WatchDeps } from './watch.ts'
import type { Watch, WatchedId } from './watch-store.ts'

export interface LookDeps extends WatchDeps {
  readonly lookout: Pick<Lookout, 'connectedOf' | 'surelyConnectedOf'>
  readonly presence: Presence
  /** Who was there when the stage was last swept. */
  readonly lastSweep: LastSweep
  readonly sweeps: Pick<SweepRequests, 'soon'>
  readonly endings: Pick<Endings, 'send'>
}

/** How soon one comes again who found no place to ask. */
const BUSY_SECONDS = 15
/** Of whom nothing was heard for longer than sweeps take is asked at any rate, in calls that no sweep needs. */
const OVERDUE_MS = 75_000
/** About more than so many, one list of all that their user has there is asked for instead of each. */
const MOST_ASKED = 10
const ATTEMPTS = 3

/**
 * Looks for ids that have ended; those that are there are put out, and the rest is looked for again until it has expired,
 * and once after that: who came just before stays for as long as they like. Throws `Fault`.
 */
export async function lookFor(deps: LookDeps, look: Look, now: EpochMs): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const watch = await deps.watches.load(look)
    if (watch?.turn !== look.turn) {
      // Sent by a delivery that has not written it down, and may yet.
      if (watch?.turn === look.after) throw new Fault('storage_unavailable', 'a look is not written down yet')
      return
    }
    if (await lookedOnce(deps, look, watch, now)) return
  }
  throw new Fault('storage_unavailable', 'a watch changed under every look')
}

async function lookedOnce(deps: LookDeps, look: Look, watch: Watch, now: EpochMs): Promise<boolean> {
  const seen = await whoIsThere(deps, look, watch, now)
  if (seen === undefined) {
    await deps.sweeps.soon(look)
    return next(deps, look, { ...watch, inSeconds: BUSY_SECONDS }, watch, now)
  }
  const there = watch.ids.filter(({ participantId }) => seen.connected.has(participantId))
  if (there.length > 0) await deps.endings.send(there.map((one) => endingOf(look, one)))
  // Putting out somebody has them watched for again, from five seconds on.
  const ids = watch.ids.filter((one) => !there.includes(one) && mayStillJoin(one.expiresAt, secondsOf(seen.at)))
  // Of a name that no look has: one that was sent, and never written down, finds itself one too many.
  const over = { ...watch, version: watch.version + 1, ids, turn: deps.newTurn() }
  if (ids.length === 0) return deps.watches.save(look, over, watch)
  const waitSeconds = Math.min(watch.waitSeconds * 2, LONGEST_WAIT_SECONDS)
  const inSeconds = Math.max(1, Math.ceil((seen.at + msOf(waitSeconds) - now) / 1000))
  return next(deps, look, { ids, seenAt: seen.at, waitSeconds, inSeconds }, watch, now)
}

interface Seen {
  readonly at: EpochMs
  readonly connected: ReadonlySet<ParticipantId>
}

/**
 * A sweep since the last look has asked about everyone, and this user is one of them. Where there was none, IVS is asked,
 * with what sweeps leave of its calls; where they leave nothing, they are at work, and this stage's turn may come sooner.
 */
async function whoIsThere(
  { lastSweep, lookout, presence }: LookDeps,
  look: Look,
  { ids, seenAt }: Watch,
  now: EpochMs,
): Promise<Seen | undefined> {
  const ask = (some: readonly WatchedId[]) => {
    const asked = some.map(({ participantId }) => participantId)
    if (asked.length > MOST_ASKED) return lookout.surelyConnectedOf(look.stageArn, look.userId)
    return presence.connected(look.stageArn, asked)
  }
  const swept = await lastSweep(look)
  if (swept !== undefined && swept.at > seenAt) {
    // The sweep itself may have had them put out since.
    const found = ids.filter(({ participantId }) => swept.connected.has(participantId))
    return { at: swept.at, connected: found.length === 0 ? new Set() : await ask(found) }
  }
  const connected = await lookout.connectedOf(look.stageArn, look.userId)
  if (connected !== undefined) return { at: now, connected }
  return now - seenAt < OVERDUE_MS ? undefined : { at: now, connected: await ask(ids) }
}

function endingOf(look: Look, { participantId, expiresAt, reason }: WatchedId): Ending {
  const { stageId, stageUid, generation, stageArn, userId } = look
  const place = { stageId, stageUid, generation, stageArn, userId }
  return { ...place, participantId, reason, priority: PRIORITY_OF[reason], freesSeat: true, expiresAt }
}
