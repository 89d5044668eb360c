import { isoOfMs } from '../time.ts'
import type { DomainEvent } from './domain-event.ts'

/** What rules on our bus match on. */
const SOURCE = 'stagedoor'

/** One event as EventBridge takes it. */
export interface Entry {
  readonly Source: string
  readonly DetailType: string
  readonly Detail: string
  readonly Time: Date
}

/** The name becomes the detail type; all else is the detail, with the instant as ISO 8601. */
export function entryOf({ name, at, ...rest }: DomainEvent): Entry {
  return { Source: SOURCE, DetailType: name, Detail: JSON.stringify({ ...rest, at: isoOfMs(at) }), Time: new Date(at) }
}

/** PutEvents takes this much at once, and counts 14 bytes for the time (EventBridge User Guide, "Calculating entry size"). */
const MAX_ENTRIES = 10
const MAX_BYTES = 256 * 1024
const TIME_BYTES = 14

const bytesOf = ({ Source, DetailType, Detail }: Entry): number =>
  TIME_BYTES + [Source, DetailType, Detail].reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), 0)

/** In order, as few calls as there may be. */
export function batchesOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = bytesOf(entry)
    const last = batches.at(-1)
    if (last !== undefined && last.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      last.push(entry)
      bytes += size
    } else {
      batches.push([entry])
      bytes = size
    }
  }
  return batches
}
