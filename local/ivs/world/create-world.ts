import { type Assumptions, defaultAssumptions } from '../assumptions.ts'
import type { EventBridgeEvent } from '../event.ts'
import { createAgenda } from './agenda.ts'
import { createLive } from './live.ts'
import type { TimerRecord } from './records.ts'
import type { Change, Table } from './table.ts'
import { createTables } from './tables.ts'
import type { World } from './world.ts'

export interface WorldOptions {
  readonly region: string
  /** Twelve digits. */
  readonly account: string
  readonly randomBytes: (count: number) => Uint8Array
  /** Called in the order things happened, before the call that caused them returns. */
  readonly emit: (event: EventBridgeEvent) => void
  /** Readings of what is not known; the defaults are the worst for a backend. */
  readonly assume?: Partial<Assumptions>
  /** Call rates (token bucket per operation) and the adjustable counts. The fixed limits hold either way. */
  readonly quotas?: boolean
  readonly endpoints?: { readonly events: string; readonly whip: string }
}

/** IVS's own addresses; `{id}` stands for the account's part of the host. */
const defaultEndpoints = {
  events: 'wss://global.events.live-video.net',
  whip: 'https://{id}.global-bm.whip.live-video.net',
}

export interface Kept {
  readonly world: World
  /** The changes since the last time it was asked. */
  takeChanges(): readonly Change[]
  /** Every record there is, in an order that `restore` can take up again. */
  snapshot(): readonly Change[]
  restore(changes: Iterable<Change>): void
  /** The timer that is due first. */
  firstDue(): TimerRecord | undefined
}

const hasSeq = (value: unknown): value is { seq: number } =>
  typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number'

export function createWorld(options: WorldOptions): Kept {
  const live = createLive()
  const agenda = createAgenda()
  let changes: Change[] = []
  let seq = 0
  const tables = createTables({
    record: (change) => changes.push(change),
    participant: live.watch,
    timer: agenda.watch,
  })
  // Which record belongs to which table is only known while a state is written; what reads it trusts its own writer.
  const byName = new Map(Object.entries(tables) as unknown as [string, Table<unknown>][])

  const assume = { ...defaultAssumptions, ...options.assume }
  const world: World = {
    ...tables,
    now: 0,
    readLagMs: assume.readLagMs,
    region: options.region,
    account: options.account,
    randomBytes: options.randomBytes,
    emit: options.emit,
    assume,
    quotas: options.quotas ?? false,
    endpoints: options.endpoints ?? defaultEndpoints,
    live: live.live,
    nextSeq: () => ++seq,
  }

  function takeChanges(): readonly Change[] {
    const taken = changes
    changes = []
    return taken
  }

  function snapshot(): readonly Change[] {
    const records: Change[] = []
    for (const [name, table] of byName) for (const [key, value] of table.entries()) records.push([name, key, value])
    return records
  }

  function restore(records: Iterable<Change>): void {
    for (const table of byName.values()) for (const [key] of [...table.entries()]) table.delete(key)
    for (const [name, key, value] of records) {
      if (value === null) byName.get(name)?.delete(key)
      else byName.get(name)?.set(key, value)
      if (hasSeq(value)) seq = Math.max(seq, value.seq)
    }
    takeChanges()
  }

  return { world, takeChanges, snapshot, restore, firstDue: agenda.first }
}
