import type { EpochMs } from '../lib/time.ts'

/** What is noted gets a number and the time. */
export type Numbered<T> = T & {
  /** Counts up from 1 over the life of the twin. */
  readonly seq: number
  /** ISO 8601, on the twin's clock. */
  readonly at: string
}

/** Notes what happens, for whoever asks afterwards. */
export interface Notes<T> {
  record(entry: T): void
  /** Entries after a sequence number, or at and after an instant. */
  since(start: { readonly seq: number } | { readonly at: EpochMs }): readonly Numbered<T>[]
  /** The last entry's sequence number; 0 before the first. */
  last(): number
}

/** Forgets the older half once there are `max`, so that a twin that runs for weeks does not grow without bound. */
export function createNotes<T>(now: () => EpochMs, max: number): Notes<T> {
  let entries: Numbered<T>[] = []
  let seq = 0
  return {
    record: (entry) => {
      seq += 1
      entries.push({ seq, at: new Date(now()).toISOString(), ...entry })
      if (entries.length > max) entries = entries.slice(max / 2)
    },
    since: (start) =>
      'seq' in start
        ? entries.filter((entry) => entry.seq > start.seq)
        : entries.filter((entry) => Date.parse(entry.at) >= start.at),
    last: () => seq,
  }
}
