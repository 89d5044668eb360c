import type { StageEvent } from '../../../lib/event/stage-event.ts'
import type { Attendee, Census, Doings } from '../../../lib/ivs/census.ts'
import { type EpochMs, microsOf } from '../../../lib/time.ts'
import { seededRandom } from '../../../local/seeded-random.ts'

export const ARN = 'arn:aws:ivs:eu-west-1:111122223333:stage/lives'
export const SESSION = 'st-lives'

/** Somebody on a stage, as IVS itself has them. */
interface Life {
  readonly id: string
  readonly userId: string
  readonly replica: boolean
  connected: boolean
  publishing: boolean
  ever: boolean
  since?: EpochMs
}

export type Action = 'connect' | 'leave' | 'publish' | 'unpublish' | 'exchange'

/** Publishing is what most of it is about. */
const ACTIONS: readonly Action[] = [
  'connect',
  'connect',
  'publish',
  'publish',
  'publish',
  'unpublish',
  'exchange',
  'leave',
]

/** Somebody does something: which may be nothing at all, where they are not on the stage. */
export function somethingOf<T>(people: readonly T[], { below }: Random): { readonly who: T; readonly action: Action } {
  const who = people[below(people.length)]
  const action = ACTIONS[below(ACTIONS.length)]
  if (who === undefined || action === undefined) throw new Error('there is nobody')
  return { who, action }
}

/**
 * IVS, as far as it concerns who is on one stage: far smaller than the local one and written apart from it. Its clock is off
 * by `skewMs`; whether it says instants to the fraction or to the second, is decided for each event.
 */
export function createLives(people: readonly Pick<Life, 'id' | 'userId' | 'replica'>[], skewMs: number) {
  const lives = new Map<string, Life>(
    people.map((one) => [one.id, { ...one, connected: false, publishing: false, ever: false }]),
  )
  const lifeOf = (id: string): Life => {
    const life = lives.get(id)
    if (life === undefined) throw new Error('there is nobody of that name')
    return life
  }
  let count = 0

  const event = (life: Life, kind: 'published' | 'unpublished', now: EpochMs, precise: boolean): StageEvent => {
    const stamp = now + skewMs
    count += 1
    return {
      kind,
      id: `event-${count}`,
      stageArn: ARN,
      at: microsOf(precise ? stamp : Math.floor(stamp / 1000) * 1000),
      precise,
      detail: kind,
      sessionId: SESSION,
      participantId: life.id,
      userId: life.userId,
      replica: life.replica,
    }
  }
  const stop = (life: Life, now: EpochMs, precise: boolean): readonly StageEvent[] => {
    if (!life.publishing) return []
    life.publishing = false
    return [event(life, 'unpublished', now, precise)]
  }

  /** What happens, and the events IVS would send about it. */
  function act(id: string, action: Action, now: EpochMs, precise: boolean): readonly StageEvent[] {
    const life = lifeOf(id)
    switch (action) {
      case 'connect':
        life.connected = true
        return []
      case 'leave': {
        const events = stop(life, now, precise)
        life.connected = false
        return events
      }
      case 'publish':
        if (!life.connected || life.publishing) return []
        Object.assign(life, { publishing: true, ever: true, since: now })
        return [event(life, 'published', now, precise)]
      case 'unpublish':
        return stop(life, now, precise)
      case 'exchange': {
        if (!life.connected || life.replica) return []
        const { kind: _, ...base } = event(life, 'published', now, precise)
        const token = { capabilities: ['PUBLISH', 'SUBSCRIBE'] as const }
        return [{ ...base, kind: 'token_exchanged', previous: token, next: token } as StageEvent]
      }
    }
  }

  const census: Omit<Census, 'stages'> = {
    async *connected() {
      const all = [...lives.values()].filter(({ connected }) => connected)
      for (let from = 0; from < all.length; from += 7) {
        yield all
          .slice(from, from + 7)
          .map(
            ({ id, userId, ever, replica }): Attendee => ({ participantId: id, userId, everPublished: ever, replica }),
          )
      }
    },
    async doings(_, __, id): Promise<Doings | undefined> {
      const { ever, publishing, since = 0 } = lifeOf(id)
      return ever ? { publishing, at: microsOf(since + skewMs) } : undefined
    },
    async session() {
      return { startedAt: 0 }
    },
  }
  return {
    act,
    census,
    publishing: (): string[] => [...lives.values()].filter((one) => one.publishing).map(({ id }) => id),
    connected: (): string[] => [...lives.values()].filter((one) => one.connected).map(({ id }) => id),
  }
}

export interface Random {
  below(limit: number): number
  chance(part: number): boolean
}

/** Choices that look random and are the same for the same seed. */
export function randomOf(seed: number): Random {
  const next = seededRandom(seed)
  return { below: (limit) => Math.floor(next() * limit), chance: (part) => next() < part }
}
