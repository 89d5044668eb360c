import type { DomainEvent } from '../../lib/domain-event/domain-event.ts'
import type { CarryOutDeps } from '../../lib/ending/carry-out.ts'
import type { Demotion, Ending, Look, Place, Watching } from '../../lib/ending/ending.ts'
import type { Watch, WatchedId } from '../../lib/ending/watch-store.ts'
import type { ParticipantId } from '../../lib/ids.ts'
import { secondsOf } from '../../lib/time.ts'
import { createMemoryAuditStore } from './memory-audit-store.ts'
import { createMemoryWatchStore } from './memory-watch-store.ts'
import { participantId, T0, userKey } from './participants.ts'
import { arnOf, stageId } from './stages.ts'

export const place: Place = {
  ...{ stageId: stageId('demo'), stageUid: userKey().stageUid },
  ...{ generation: 1, stageArn: arnOf('one') },
}
const { userId } = userKey()
/** An hour after `T0`, in seconds. */
export const IN_AN_HOUR = secondsOf(T0) + 3_600

export const anEnding = (changes: Partial<Ending> & { readonly id?: string } = {}): Ending => {
  const { id = 'p1', ...rest } = changes
  const what = { reason: 'banned', priority: 'ban', freesSeat: false } as const
  return { ...place, ...what, userId, participantId: participantId(id), expiresAt: IN_AN_HOUR, ...rest }
}

/** These ids as they are watched for, each of which expires so many seconds after `T0`. */
export const watchedIds = (ids: Readonly<Record<string, number>>): readonly WatchedId[] =>
  Object.entries(ids).map(([id, seconds]) => ({
    ...{ participantId: participantId(id), expiresAt: secondsOf(T0) + seconds, reason: 'banned' },
  }))

/** Five seconds after it began, its first look is due. */
export const aWatch = (ids: readonly WatchedId[], changes: Partial<Watch> = {}): Watch => ({
  ...{ version: 1, ids, turn: 'turn-1', dueAt: T0 + 5_000, seenAt: T0, waitSeconds: 5 },
  ...changes,
})

export const aLook = (changes: Partial<Look> = {}): Look => ({ ...place, userId, turn: 'turn-1', ...changes })

export const aDemotion = (changes: Partial<Demotion> = {}): Demotion => ({
  ...{ ...place, userId, participantId: participantId('p1'), capabilities: ['SUBSCRIBE'] },
  ...{ freesSeat: true, expiresAt: IN_AN_HOUR, deadlineSeconds: 15 },
  ...changes,
})

/** All that endings, watches and demotions do to the outside, written down. `faults` are thrown by what is named, while set. */
export function anAftermath() {
  const audit = createMemoryAuditStore()
  const watches = createMemoryWatchStore()
  const [done, freed, sent, demoted]: [string[], string[], Ending[], Demotion[]] = [[], [], [], []]
  const watchings: Watching[] = []
  const looks: (Look & { readonly inSeconds: number })[] = []
  const told: DomainEvent[] = []
  const faults: Partial<Record<'disconnect' | 'seats' | 'audit' | 'events' | 'looks' | 'endings', Error>> = {}
  const connected = new Set<string>()
  let turns = 0
  const unless = (name: keyof typeof faults): void => {
    const fault = faults[name]
    if (fault !== undefined) throw fault
  }
  const deps: CarryOutDeps = {
    disconnector: {
      async disconnect({ participantId: id, reason }) {
        unless('disconnect')
        done.push(`${id} ${reason}`)
        connected.delete(id)
      },
    },
    seats: {
      async free(_, id) {
        unless('seats')
        freed.push(id)
      },
    },
    audit: {
      async append(...entry) {
        unless('audit')
        await audit.append(...entry)
      },
    },
    events: {
      async publish(events) {
        unless('events')
        told.push(...events)
      },
    },
    watches,
    looks: {
      async look(look, inSeconds) {
        unless('looks')
        looks.push({ ...look, inSeconds })
      },
    },
    newTurn: () => `next-${++turns}`,
    clock: () => T0,
    wait: async () => {},
    random: () => 0,
    auditSeconds: 1,
  }
  return {
    ...{ deps, done, freed, looks, sent, watchings, demoted, told, faults, connected },
    endings: {
      async send(endings: readonly Ending[]): Promise<void> {
        unless('endings')
        sent.push(...endings)
      },
      async watch(watching: Watching): Promise<void> {
        unless('endings')
        watchings.push(watching)
      },
      async demote(demotions: readonly Demotion[]): Promise<void> {
        demoted.push(...demotions)
      },
    },
    /** Whom the user is watched for on the stage, and how. */
    watch: () => watches.items.get(`${place.stageUid}#${place.generation}#${userId}`),
    entries: () => audit.entries.get(place.stageUid) ?? [],
    /** A lookout that sees who is in `connected`. */
    connectedOf: async () => new Set(connected) as ReadonlySet<string> as ReadonlySet<ParticipantId>,
  }
}
