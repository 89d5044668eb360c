import { type Pauses, untilWritten } from '../contended.ts'
import { type EpochMs, type EpochSeconds, msOf, secondsOf } from '../time.ts'
import type { Ending, Look, Looks, Watching } from './ending.ts'
import type { Watch, WatchedId, WatchStore } from './watch-store.ts'

export interface WatchDeps extends Pauses {
  readonly watches: WatchStore
  readonly looks: Looks
  /** A name that no look had before. */
  readonly newTurn: () => string
}

/** The first look for an id that may still be used; each next one comes twice as late, up to a minute. */
const FIRST_WAIT_SECONDS = 5
export const LONGEST_WAIT_SECONDS = 60
/** A look that is later than this is taken for lost. */
const LATE_MS = 30_000
/** More than a user can hold at once. Somebody who is kicked and comes back all day: sweeps see the rest. */
const MOST_IDS = 1_100

/** How far IVS's clock may lie behind ours. */
const CLOCKS_DIFFER_SECONDS = 2

/** Expiry is checked when joining alone (IVS facts §12.1): whoever is there by then stays, and nobody comes afterwards. */
export const mayStillJoin = (expiresAt: EpochSeconds, now: EpochSeconds): boolean =>
  expiresAt + CLOCKS_DIFFER_SECONDS > now

/** Ids of these may come back for as long as their tokens live, and whoever holds them is not supposed to. */
const isWatched = ({ reason }: Ending): boolean => reason === 'banned' || reason === 'kicked' || reason === 'demoted'

/**
 * Has an id looked for until it expires, in the one watch its user has on the stage. Also one that was disconnected: that its
 * token is refused from then on is what IVS says, and not what this relies on. Throws `Fault`.
 * @param inSeconds how soon there is to be a look at the latest
 */
export async function watchFor(
  deps: WatchDeps,
  ending: Ending,
  now: EpochMs,
  inSeconds = FIRST_WAIT_SECONDS,
): Promise<void> {
  const { stageId, stageUid, generation, stageArn, userId, expiresAt } = ending
  if (userId === undefined || !isWatched(ending) || !mayStillJoin(expiresAt, secondsOf(now))) return
  await add(deps, { stageId, stageUid, generation, stageArn, userId }, [ending], now, inSeconds)
}

/** Has ids looked for that are not to be disconnected first. Throws `Fault`. */
export async function watchIds(deps: WatchDeps, { ids, reason, ...user }: Watching, now: EpochMs): Promise<void> {
  const watched = ids.flatMap((one) => (mayStillJoin(one.expiresAt, secondsOf(now)) ? [{ ...one, reason }] : []))
  if (watched.length > 0) await add(deps, user, watched, now, FIRST_WAIT_SECONDS)
}

/** A look that is coming soon anyway is waited for, so that telling it over and over never puts it off. */
const add = (
  deps: WatchDeps,
  user: Omit<Look, 'turn' | 'after'>,
  added: readonly WatchedId[],
  now: EpochMs,
  inSeconds: number,
): Promise<true> =>
  untilWritten(deps, 'a watch', async () => {
    const seen = await deps.watches.load(user)
    const ids = merged(seen?.ids ?? [], added, now)
    if (seen === undefined || !isComing(seen, now, inSeconds)) {
      return (await next(deps, user, { ids, seenAt: now, waitSeconds: inSeconds }, seen, now)) || undefined
    }
    if (seen.waitSeconds <= inSeconds && added.every((one) => isNoted(seen, one))) return true
    const waitSeconds = Math.min(seen.waitSeconds, inSeconds)
    return (await deps.watches.save(user, { ...seen, version: seen.version + 1, ids, waitSeconds }, seen)) || undefined
  })

const isComing = ({ ids, dueAt }: Watch, now: EpochMs, inSeconds: number): boolean =>
  ids.length > 0 && dueAt <= now + msOf(inSeconds) && dueAt > now - LATE_MS

const isNoted = ({ ids }: Watch, { participantId, expiresAt, reason }: WatchedId): boolean =>
  ids.some((one) => one.participantId === participantId && one.expiresAt >= expiresAt && one.reason === reason)

function merged(known: readonly WatchedId[], added: readonly WatchedId[], now: EpochMs): readonly WatchedId[] {
  const byId = new Map(known.map((one) => [one.participantId, one]))
  for (const { participantId, expiresAt, reason } of added) {
    const latest = Math.max(expiresAt, byId.get(participantId)?.expiresAt ?? 0)
    byId.set(participantId, { participantId, expiresAt: latest, reason })
  }
  return [...byId.values()]
    .filter((one) => mayStillJoin(one.expiresAt, secondsOf(now)))
    .toSorted((one, other) => other.expiresAt - one.expiresAt)
    .slice(0, MOST_IDS)
}

/**
 * Sends the next look and then names it in the store: a delivery that got no further than that comes again and sends
 * another, and the one it had sent is one too many. Answers whether nobody else was faster.
 */
export async function next(
  { watches, looks, newTurn }: WatchDeps,
  user: Omit<Look, 'turn' | 'after'>,
  watch: Pick<Watch, 'ids' | 'seenAt' | 'waitSeconds'> & { readonly inSeconds?: number },
  seen: Watch | undefined,
  now: EpochMs,
): Promise<boolean> {
  const { inSeconds = watch.waitSeconds, ids, seenAt, waitSeconds } = watch
  const turn = newTurn()
  const { stageId, stageUid, generation, stageArn, userId } = user
  const place = { stageId, stageUid, generation, stageArn, userId }
  await looks.look({ ...place, turn, ...(seen !== undefined && { after: seen.turn }) }, inSeconds)
  const version = (seen?.version ?? 0) + 1
  return watches.save(user, { version, ids, turn, dueAt: now + msOf(inSeconds), seenAt, waitSeconds }, seen)
}
