import type { TimerRecord } from './records.ts'

/** Timers in the order they are due; what was moved or called off is thrown away when it comes up. */
export interface Agenda {
  /** Told of every change of the timer table. */
  watch(before: TimerRecord | undefined, after: TimerRecord | undefined): void
  /** The timer that is due first; undefined when none is set. */
  first(): TimerRecord | undefined
}

const isSooner = (a: TimerRecord, b: TimerRecord): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq)

/** A binary heap: setting and taking cost the logarithm of how many there are. */
export function createAgenda(): Agenda {
  const heap: TimerRecord[] = []
  /** Records are replaced, never altered: the object itself names one setting of a timer. */
  const standing = new Set<TimerRecord>()

  function swap(i: number, j: number): void {
    const [a, b] = [heap[i], heap[j]]
    if (a && b) [heap[i], heap[j]] = [b, a]
  }

  function goesBefore(i: number, j: number): boolean {
    const [a, b] = [heap[i], heap[j]]
    return a !== undefined && b !== undefined && isSooner(a, b)
  }

  function push(timer: TimerRecord): void {
    let at = heap.push(timer) - 1
    for (let up = (at - 1) >> 1; at > 0 && goesBefore(at, up); up = (at - 1) >> 1) {
      swap(at, up)
      at = up
    }
  }

  function drop(): void {
    swap(0, heap.length - 1)
    heap.pop()
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      const sooner = goesBefore(left + 1, left) ? left + 1 : left
      if (!goesBefore(sooner, at)) return
      swap(sooner, at)
      at = sooner
    }
  }

  return {
    watch(before, after) {
      if (before) standing.delete(before)
      if (!after) return
      standing.add(after)
      push(after)
    },
    first() {
      for (let top = heap[0]; top && !standing.has(top); top = heap[0]) drop()
      return heap[0]
    },
  }
}
