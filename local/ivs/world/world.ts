import type { Assumptions } from '../assumptions.ts'
import type { EventBridgeEvent } from '../event.ts'
import type { Live } from './live.ts'
import type { Tables } from './tables.ts'

/** All an operation's effect may touch: state, the instant it happens at, and a way to tell the event bus. */
export interface World extends Tables {
  /** Milliseconds; stands still within one operation, and lies in the past while overdue things are caught up with. */
  now: number
  /** How old a created resource must be to be seen by the read at hand. */
  readLagMs: number
  readonly region: string
  readonly account: string
  readonly assume: Assumptions
  readonly quotas: boolean
  readonly endpoints: { readonly events: string; readonly whip: string }
  readonly live: Live
  readonly randomBytes: (count: number) => Uint8Array
  readonly emit: (event: EventBridgeEvent) => void
  /** Ever growing, also over restarts: the order of creation. */
  readonly nextSeq: () => number
}
