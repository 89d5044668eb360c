import { dueHandlers } from './due.ts'
import type { EventBridgeEvent } from './event.ts'
import type { LocalIvsOptions } from './face.ts'
import { createWorld, type Kept } from './world/create-world.ts'
import { settle } from './world/timers.ts'

export interface Engine extends Kept {
  /**
   * Everything that happens, happens in here: the clock is read once, what is due is caught up with, and when it is over
   * changes are told and then events, in order. Whoever hears of an event may come back in.
   */
  enter<T>(what: () => T): T
}

export function createEngine(options: LocalIvsOptions): Engine {
  const waiting: EventBridgeEvent[] = []
  const kept = createWorld({ ...options, emit: (event) => waiting.push(event) })
  let isTelling = false

  function tell(): void {
    const changes = kept.takeChanges()
    if (changes.length > 0) options.onChange?.(changes)
    if (isTelling) return
    isTelling = true
    try {
      for (let event = waiting.shift(); event; event = waiting.shift()) options.emit(event)
    } finally {
      isTelling = false
    }
  }

  function enter<T>(what: () => T): T {
    const now = options.clock()
    settle(kept.world, now, kept.firstDue, dueHandlers)
    try {
      return what()
    } finally {
      tell()
    }
  }

  return { ...kept, enter }
}
