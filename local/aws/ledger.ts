import type { EpochMs } from '../../lib/time.ts'
import type { ConsumedCapacity, ServiceName } from './service.ts'

/** One AWS call that was made. Nothing of its input or output is kept. */
export interface LedgerEntry {
  /** Counts up from 1 over the life of the twin. */
  readonly seq: number
  /** ISO 8601, on the twin's clock. */
  readonly at: string
  /** The function that made the call; absent for a caller that is none. */
  readonly function?: string
  readonly service: ServiceName
  readonly operation: string
  readonly status: number
  /** The error's name, where it failed. */
  readonly error?: string
  /** Refused by the function's role. */
  readonly denied?: true
  /** The fault that was injected. */
  readonly fault?: string
  readonly consumedCapacity?: readonly ConsumedCapacity[]
  readonly requestId: string
}

export interface Ledger {
  record(entry: Omit<LedgerEntry, 'seq' | 'at'>): void
  /** Entries after a sequence number, or at and after an instant. */
  since(start: { readonly seq: number } | { readonly at: EpochMs }): readonly LedgerEntry[]
  /** The last entry's sequence number; 0 before the first. */
  last(): number
}

/** Enough for a long test run; a twin that runs for weeks does not grow without bound. */
const MAX_ENTRIES = 200_000

export function createLedger(now: () => EpochMs): Ledger {
  let entries: LedgerEntry[] = []
  let seq = 0
  return {
    record: (entry) => {
      seq += 1
      entries.push({ seq, at: new Date(now()).toISOString(), ...entry })
      if (entries.length > MAX_ENTRIES) entries = entries.slice(MAX_ENTRIES / 2)
    },
    since: (start) =>
      'seq' in start
        ? entries.filter((entry) => entry.seq > start.seq)
        : entries.filter((entry) => Date.parse(entry.at) >= start.at),
    last: () => seq,
  }
}
