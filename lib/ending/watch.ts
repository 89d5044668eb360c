import { Fault } from '../fault.ts'
import { type EpochMs, type EpochSeconds, msOf, secondsOf } from '../time.ts'
import type { Ending, Look, Looks, Watching } from './ending.ts'
import type { Watch, WatchedId, WatchStore } from './watch-store.ts'

export interface WatchDeps {
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
const ATTEMPTS = 5
/** More than a user can hold at once. Somebody who is kicked and comes back all day: sweeps see the rest. */
const MOST_IDS = 250

/** How far IVS's clock may lie behind ours. */
const CLOCKS_DIFFER_SECONDS = 2

/** Expiry is checked when joining alone (IVS facts §12.1): whoever is there by then stays, and nobody comes afterwards. */
export const mayStillJoin = (expiresAt: EpochSeconds, now: EpochSeconds): boolean =>
  expiresAt + CLOCKS_DIFFER_SECONDS > now

/** Ids of these may come back for as long as their tokens live, and whoever holds them is not supposed to. */
const isWatched = ({ reason }: Ending): boolean => reason === 'banned' || reason === 'kicked' || reason === 'demoted'

/**
 * Has the ids looked for until they expire, in the one watch their users have on the stage. Also ids that were disconnected:
 * that their tokens are refused from then on is what IVS says, and not what this relies on. Throws `Fault`.
 */
export async function watchFor(deps: WatchDeps, endings: readonly Ending[], now: EpochMs): Promise<void> {
  const watched = endings.flatMap((ending) => {
    const { userId, expiresAt } = ending
    return userId !== undefined && isWatched(ending) && mayStillJoin(expiresAt, secondsOf(now))
      ? [{ ...ending, userId }]
      : []
  })
  const byUser = Map.groupBy(watched, ({ stageUid, generation, userId }) => `${stageUid}#${generation}#${userId}`)
  for (const ofUser of byUser.values()) {
    const [first] = ofUser
    if (first !== undefined) await add(deps, first, ofUser, now)
  }
}

/** Has ids looked for that are not to be disconnected first. Throws `Fault`. */
export async function watchIds(deps: WatchDeps, { ids, reason, ...user }: Watching, now: EpochMs): Promise<void> {
  const watched = ids.flatMap((one) => (mayStillJoin(one.expiresAt, secondsOf(now)) ? [{ ...one, reason }] : []))
  if (watched.length > 0) await add(deps, user, watched, now)
}

/** A look that is coming soon anyway is waited for, so that telling it over and over never puts it off. */
async function add(
  deps: WatchDeps,
  { stageId, stageUid, generation, stageArn, userId }: Omit<Look, 'turn'>,
  ids: readonly WatchedId[],
  now: EpochMs,
): Promise<void> {
  const user = { stageId, stageUid, generation, stageArn, userId }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await deps.watches.load(user)
    const all = merged(seen?.ids ?? [], ids, now)
    if (seen !== undefined && isComing(seen, now)) {
      const more = { ...seen, version: seen.version + 1, ids: all, waitSeconds: FIRST_WAIT_SECONDS }
      if (await deps.watches.save(user, more, seen)) return
    } else if (await next(deps, user, { ids: all, seenAt: now, waitSeconds: FIRST_WAIT_SECONDS }, seen, now)) return
  }
  throw new Fault('storage_unavailable', 'a watch changed under every attempt to add to it')
}

const isComing = ({ ids, dueAt }: Watch, now: EpochMs): boolean =>
  ids.length > 0 && dueAt <= now + msOf(FIRST_WAIT_SECONDS) && dueAt > now - LATE_MS

function merged(known: readonly WatchedId[], added: readonly WatchedId[], now: EpochMs): readonly WatchedId[] {
  const byId = new Map(known.map((one) => [one.participantId, one]))
  for (const { participantId, expiresAt, reason } of added) {
    const latest = Math.max(expiresAt, byId.get(participantId)?.expiresAt ?? 0)
    byId.set(participantId, { participantId, expiresAt: latest, reason })
  }
  return [...byId.values()]
    .filter(({ expiresAt }) => mayStillJoin(expiresAt, secondsOf(now)))
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
