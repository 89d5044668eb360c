import { Fault } from '../fault.ts'
import type { ParticipantId } from '../ids.ts'
import type { Presence } from '../ivs/presence.ts'
import type { EpochSeconds } from '../time.ts'
import type { SeatStore } from './seat-store.ts'
import {
  cheapLimit,
  hasRoom,
  type Lease,
  lapsedIn,
  type SeatPlan,
  type Seats,
  type SeatsKey,
  withLease,
  withoutLeases,
} from './seats.ts'

/** One participant's wish for a publisher's seat. */
export interface SeatWish {
  readonly key: SeatsKey
  readonly stageArn: string
  readonly plan: SeatPlan
  readonly id: ParticipantId
  readonly lease: Lease
  /** Ended participants of the same user, whose seats this one takes over. */
  readonly replaces: readonly ParticipantId[]
  readonly leaseSeconds: number
  readonly now: EpochSeconds
}

/** Someone whose seat was given away because IVS says they are not there. Their id has been ended. */
export interface Evicted {
  readonly id: ParticipantId
  readonly lease: Lease
}

export interface SeatDesk {
  /** Whether the last we saw of the seats was that there is none left: a hint where to look first, never an answer. */
  looksFull(key: SeatsKey, plan: SeatPlan, moderator: boolean): boolean
  /** Whether a wish would be refused as things stand. Nothing is written. */
  isFull(wish: Omit<SeatWish, 'id' | 'replaces' | 'leaseSeconds'>): Promise<boolean>
  /** Takes a seat if there is one, or can be made one. Throws `Fault` where IVS must be asked and does not answer. */
  take(wish: SeatWish): Promise<{ readonly taken: boolean; readonly evicted: readonly Evicted[] }>
  /** Idempotent. */
  free(key: SeatsKey, id: ParticipantId): Promise<void>
}

export interface SeatDeskDeps {
  readonly seats: SeatStore
  readonly presence: Presence
  /** Ends the participant whose seat is given away, before it is. */
  readonly end: (key: SeatsKey, evicted: Evicted) => Promise<void>
}

const ATTEMPTS = 4
const MAX_REMEMBERED = 1_000
/** IVS is asked about so many at most for one wish: five calls a second are all there are. */
const MAX_ASKED = 3

export function createSeatDesk(deps: SeatDeskDeps): SeatDesk {
  const lastSeen = new Map<string, Seats>()
  const at = (key: SeatsKey): string => `${key.stageUid}#${key.generation}`
  const remember = (key: SeatsKey, seats: Seats | undefined): void => {
    if (seats === undefined) return
    lastSeen.delete(at(key))
    if (lastSeen.size >= MAX_REMEMBERED) lastSeen.delete(lastSeen.keys().next().value as string)
    lastSeen.set(at(key), seats)
  }
  const load = async (key: SeatsKey): Promise<Seats | undefined> => {
    const seats = await deps.seats.load(key)
    remember(key, seats)
    return seats
  }
  return {
    looksFull(key, plan, moderator) {
      const seats = lastSeen.get(at(key))
      return seats !== undefined && !hasRoom(seats, plan, moderator)
    },

    async isFull({ key, plan, lease, now }) {
      const seats = await load(key)
      if (seats === undefined) return true
      const own = Object.values(seats.leases).some((held) => held.userId === lease.userId)
      return !own && !hasRoom(seats, plan, lease.moderator) && lapsedIn(seats, now).length === 0
    },

    async take(wish) {
      const cheap = await takeCheaply(deps.seats, wish)
      remember(wish.key, cheap?.seats)
      if (cheap?.done) return { taken: true, evicted: [] }
      const seen = cheap?.seats ?? (await load(wish.key))
      return takeExactly(deps, wish, seen, () => load(wish.key))
    },

    async free(key, id) {
      await deps.seats.free(key, id)
      const seats = lastSeen.get(at(key))
      if (seats !== undefined) remember(key, withoutLeases(seats, [id]))
    },
  }
}

/** The one conditional write that nearly always does. Where seats are handed on, what is there must be seen first. */
async function takeCheaply(seats: SeatStore, wish: SeatWish): Promise<{ done: boolean; seats?: Seats } | undefined> {
  if (wish.replaces.length > 0) return undefined
  return seats.take(wish.key, wish.id, wish.lease, cheapLimit(wish.plan, wish.lease.moderator))
}

async function takeExactly(
  deps: SeatDeskDeps,
  wish: SeatWish,
  first: Seats | undefined,
  load: () => Promise<Seats | undefined>,
): ReturnType<SeatDesk['take']> {
  let seen = first
  const evicted: Evicted[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (seen === undefined) return { taken: false, evicted }
    if (Object.hasOwn(seen.leases, wish.id)) return { taken: true, evicted }
    const handedOn = withoutLeases(seen, [...wish.replaces, ...evicted.map(({ id }) => id)])
    const room = hasRoom(handedOn, wish.plan, wish.lease.moderator)
      ? handedOn
      : await makeRoom(deps, wish, handedOn, evicted)
    if (room === undefined) return { taken: false, evicted }
    const fits = hasRoom(room, wish.plan, wish.lease.moderator)
    const next = fits ? withLease(room, wish.id, wish.lease) : room
    if (await deps.seats.save(wish.key, next, seen)) return { taken: fits, evicted }
    seen = await load()
  }
  throw new Fault('storage_unavailable', 'the seats of a stage changed under every attempt to take one')
}

/**
 * Asks IVS about the seats whose lease is over. Who is connected keeps theirs for another lease; who is not is ended first
 * and then loses it, so that no two ids ever count on one seat.
 */
async function makeRoom(
  deps: SeatDeskDeps,
  wish: SeatWish,
  seats: Seats,
  evicted: Evicted[],
): Promise<Seats | undefined> {
  const lapsed = lapsedIn(seats, wish.now).slice(0, MAX_ASKED)
  if (lapsed.length === 0) return undefined
  const connected = await deps.presence.connected(
    wish.stageArn,
    lapsed.map(({ id }) => id),
  )
  let next = seats
  for (const { id, lease } of lapsed) {
    if (connected.has(id)) {
      next = withLease(next, id, { ...lease, until: wish.now + wish.leaseSeconds })
      continue
    }
    await deps.end(wish.key, { id, lease })
    evicted.push({ id, lease })
    next = withoutLeases(next, [id])
  }
  return next
}
