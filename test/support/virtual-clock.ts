import type { EpochMs } from '../../lib/time.ts'

export interface VirtualClock {
  now(): EpochMs
  /** Resolves when the clock has come that far. */
  wait(ms: number): Promise<void>
  /** Moves the clock from one waiting to the next until the work is done, or until nobody waits for the clock any more. */
  run<T>(work: Promise<T>): Promise<T>
}

/** Time that passes only while everybody waits for it. */
export function createVirtualClock(start: EpochMs): VirtualClock {
  let now = start
  const waiting: { readonly due: EpochMs; readonly resolve: () => void }[] = []
  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    wait: (ms) =>
      new Promise((resolve) => {
        waiting.push({ due: now + Math.max(0, ms), resolve })
      }),
    async run(work) {
      let settled = false
      work.then(
        () => {
          settled = true
        },
        () => {
          settled = true
        },
      )
      for (;;) {
        await idle()
        if (settled) return work
        const next = waiting.reduce<(typeof waiting)[number] | undefined>(
          (first, one) => (first === undefined || one.due < first.due ? one : first),
          undefined,
        )
        if (next === undefined) throw new Error('the work waits for something other than the clock')
        now = Math.max(now, next.due)
        const due = waiting.filter((one) => one.due <= now)
        for (const one of due) {
          waiting.splice(waiting.indexOf(one), 1)
          one.resolve()
        }
      }
    },
  }
}
