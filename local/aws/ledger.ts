import type { EpochMs } from '../../lib/time.ts'
import { createNotes, type Notes, type Numbered } from '../notes.ts'
import type { ConsumedCapacity, ServiceName } from './service.ts'

/** One AWS call that was made. Nothing of its input or output is kept. */
interface Call {
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

export type LedgerEntry = Numbered<Call>
export type Ledger = Notes<Call>

/** Enough for a long test run. */
const MAX_ENTRIES = 200_000

export const createLedger = (now: () => EpochMs): Ledger => createNotes(now, MAX_ENTRIES)
