import type { HistoryEntry, HistoryStore, SessionEntry } from '../../lib/history/history-store.ts'

/** The port in memory. Positions are the keys that sort. */
export function createMemoryHistoryStore(): HistoryStore {
  const entries = new Map<string, Map<string, HistoryEntry>>()
  const sessions = new Map<string, Map<string, SessionEntry>>()
  const sortable = (at: number): string => String(at).padStart(16, '0')
  const inner = <T>(map: Map<string, Map<string, T>>, key: string): Map<string, T> => {
    const found = map.get(key) ?? new Map<string, T>()
    map.set(key, found)
    return found
  }
  function page<T>(keyed: readonly (readonly [string, T])[], limit: number, isAfter: (key: string) => boolean) {
    const rest = keyed.filter(([key]) => isAfter(key))
    const next = rest.length > limit ? rest[limit - 1]?.[0] : undefined
    return { items: rest.slice(0, limit).map(([, value]) => value), ...(next !== undefined && { next }) }
  }
  return {
    async append(stageUid, sessionId, { said = '-', ...entry }) {
      const history = inner(entries, `${stageUid}/${sessionId}`)
      const key = `${sortable(entry.at)}#${entry.participantId ?? '-'}#${entry.name}#${said}`
      if (!history.has(key)) history.set(key, entry)
    },
    async noteSession(stageUid, session) {
      const all = inner(sessions, stageUid)
      const known = all.get(session.sessionId)
      all.set(session.sessionId, { ...known, ...session, startedAt: known?.startedAt ?? session.startedAt })
    },
    async sessions(stageUid, { limit, after }) {
      const keyed = [...inner(sessions, stageUid).values()]
        .map((session) => [`${sortable(session.startedAt)}#${session.sessionId}`, session] as const)
        .sort(([one], [other]) => (one < other ? 1 : -1))
      return page(keyed, limit, (key) => after === undefined || key < after)
    },
    async entries(stageUid, sessionId, { limit, after }) {
      const keyed = [...inner(entries, `${stageUid}/${sessionId}`)].sort(([one], [other]) => (one < other ? -1 : 1))
      return page(keyed, limit, (key) => after === undefined || key > after)
    },
  }
}
