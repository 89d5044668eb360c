import type { AuditEntry, AuditStore } from '../../lib/audit/audit-store.ts'

/** The port in memory. Nothing is ever tidied away. */
export function createMemoryAuditStore(): AuditStore & { readonly entries: Map<string, AuditEntry[]> } {
  const entries = new Map<string, AuditEntry[]>()
  const position = ({ at, id }: AuditEntry): string => `${String(at).padStart(13, '0')}#${id}`
  return {
    entries,
    async append(stageUid, entry) {
      const there = entries.get(stageUid) ?? []
      if (there.some(({ at, id }) => at === entry.at && id === entry.id)) return
      entries.set(stageUid, [...there, entry])
    },
    async list(stageUid, { from = 0, to = Number.POSITIVE_INFINITY }, { limit, after }) {
      const found = (entries.get(stageUid) ?? [])
        .filter(({ at }) => at >= from && at <= to)
        .filter((entry) => after === undefined || position(entry) < after)
        .sort((one, other) => (position(one) < position(other) ? 1 : -1))
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, ...(found.length > limit && last !== undefined && { next: position(last) }) }
    },
  }
}
