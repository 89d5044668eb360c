import type { TimerRecord } from './records.ts'
import type { World } from './world.ts'

export type TimerKind =
  | 'session-close'
  | 'publish-limit'
  | 'ghost'
  | 'recording-start'
  | 'recording-end'
  | 'replication-window'
  | 'composition-step'
  | 'composition-idle'
  | 'composition-limit'
  | 'composition-gone'

const keyOf = (kind: TimerKind, subject: string): string => `${kind}:${subject}`

/** Makes something due at an instant; a second time for the same subject moves it. */
export function setTimer(world: World, kind: TimerKind, subject: string, at: number): void {
  world.timers.set(keyOf(kind, subject), { kind, subject, at, seq: world.nextSeq() })
}

export const cancelTimer = (world: World, kind: TimerKind, subject: string): void =>
  world.timers.delete(keyOf(kind, subject))
export const hasTimer = (world: World, kind: TimerKind, subject: string): boolean =>
  world.timers.get(keyOf(kind, subject)) !== undefined

export type DueHandlers = Readonly<Record<TimerKind, (world: World, subject: string) => void>>

/** Does everything that is due by `now`, each at its own instant, in order. `first` answers the timer that is due first. */
export function settle(world: World, now: number, first: () => TimerRecord | undefined, handlers: DueHandlers): void {
  for (let next = first(); next && next.at <= now; next = first()) {
    const kind = next.kind as TimerKind
    world.timers.delete(keyOf(kind, next.subject))
    world.now = Math.max(world.now, next.at)
    handlers[kind](world, next.subject)
  }
  world.now = now
}
