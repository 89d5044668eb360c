import type { EpochMs } from '../lib/time.ts'

export interface TwinClock {
  readonly now: () => EpochMs
  /** One signed 64-bit cell: milliseconds to add to the real time. The Lambdas read theirs from here. */
  readonly offset: SharedArrayBuffer
  offsetMs(): number
  /** Moves the twin's time forward and runs what became due. */
  advance(seconds: number): void
  /** Runs `work` once the twin's time has moved on by `ms`; the answer takes it back. */
  after(ms: number, work: () => void): () => void
  stop(): void
}

/** `setTimeout` takes no more than this. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1

/** The one clock of the twin: real time plus an offset that only grows. */
export function createTwinClock(options: { readonly real: () => EpochMs; readonly offsetMs?: number }): TwinClock {
  const offset = new SharedArrayBuffer(8)
  const cell = new BigInt64Array(offset)
  const waiting = new Set<{ readonly due: EpochMs; readonly work: () => void }>()
  let alarm: NodeJS.Timeout | undefined
  Atomics.store(cell, 0, BigInt(options.offsetMs ?? 0))
  const now = (): EpochMs => options.real() + Number(Atomics.load(cell, 0))

  const setAlarm = (): void => {
    clearTimeout(alarm)
    if (waiting.size === 0) return
    let next = Number.POSITIVE_INFINITY
    for (const { due } of waiting) if (due < next) next = due
    alarm = setTimeout(runDue, Math.min(Math.max(next - now(), 0), LONGEST_SLEEP_MS))
    alarm.unref()
  }

  const runDue = (): void => {
    const due = [...waiting].filter((entry) => entry.due <= now()).sort((a, b) => a.due - b.due)
    for (const entry of due) if (waiting.delete(entry)) entry.work()
    setAlarm()
  }

  return {
    now,
    offset,
    offsetMs: () => Number(Atomics.load(cell, 0)),
    advance: (seconds) => {
      Atomics.add(cell, 0, BigInt(Math.round(seconds * 1000)))
      runDue()
    },
    after: (ms, work) => {
      const entry = { due: now() + ms, work }
      waiting.add(entry)
      setAlarm()
      return () => {
        if (waiting.delete(entry)) setAlarm()
      }
    },
    stop: () => {
      waiting.clear()
      clearTimeout(alarm)
    },
  }
}
