/** One change of state: a null value is a deletion. */
export type Change = readonly [table: string, key: string, value: unknown]

/** Records by key, in the order they first came, optionally grouped. Records are replaced, never altered in place. */
export interface Table<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string): void
  values(): IterableIterator<T>
  entries(): IterableIterator<[key: string, value: T]>
  /** The records that share a group, in order. */
  within(group: string): IterableIterator<T>
  readonly size: number
}

export interface TableOptions<T> {
  readonly name: string
  readonly groupOf?: (value: T) => string
  /** Keeps indexes: told of every change, also while state is restored. */
  readonly watch?: (before: T | undefined, after: T | undefined) => void
  readonly record: (change: Change) => void
}

export function createTable<T>({ name, groupOf, watch, record }: TableOptions<T>): Table<T> {
  const all = new Map<string, T>()
  const groups = new Map<string, Map<string, T>>()

  function regroup(key: string, before: T | undefined, after: T | undefined): void {
    if (!groupOf) return
    if (before !== undefined && (after === undefined || groupOf(after) !== groupOf(before))) {
      const old = groups.get(groupOf(before))
      old?.delete(key)
      if (old?.size === 0) groups.delete(groupOf(before))
    }
    if (after === undefined) return
    const group = groups.get(groupOf(after)) ?? new Map<string, T>()
    groups.set(groupOf(after), group.set(key, after))
  }

  function change(key: string, after: T | undefined): void {
    const before = all.get(key)
    if (after === undefined) all.delete(key)
    else all.set(key, after)
    regroup(key, before, after)
    watch?.(before, after)
    record([name, key, after ?? null])
  }

  return {
    get: (key) => all.get(key),
    set: (key, value) => change(key, value),
    delete(key) {
      if (all.has(key)) change(key, undefined)
    },
    values: () => all.values(),
    entries: () => all.entries(),
    within: (group) => (groups.get(group) ?? new Map<string, T>()).values(),
    get size() {
      return all.size
    },
  }
}
