import type { UserId } from '../../lib/ids.ts'
import type { Listed, ListPage, StandingLists } from '../../lib/moderation/standing-lists.ts'
import type { UserRecord } from '../../lib/participant/user-record.ts'

/** The port in memory, over the records of a participant store in memory. Never late. */
export function createMemoryStandingLists(records: ReadonlyMap<string, UserRecord>): StandingLists {
  const paged = <T>(stageUid: string, page: ListPage, read: (userId: UserId, record: UserRecord) => T | undefined) => {
    const users = [...records]
      .filter(([at]) => at.startsWith(`${stageUid}/`))
      .map(([at, record]) => ({ userId: at.slice(stageUid.length + 1) as UserId, record }))
      .flatMap(({ userId, record }) => {
        const item = read(userId, record)
        return item === undefined ? [] : [{ userId, item }]
      })
      .filter(({ userId }) => page.after === undefined || userId > page.after)
      .sort((one, other) => (one.userId < other.userId ? -1 : 1))
    const shown = users.slice(0, page.limit)
    const last = shown.at(-1)
    const listed: Listed<T> = {
      items: shown.map(({ item }) => item),
      ...(users.length > page.limit && last !== undefined && { next: last.userId }),
    }
    return listed
  }
  return {
    members: async (stageUid, page) =>
      paged(stageUid, page, (userId, { assigned }) => assigned && { userId, assigned }),
    bans: async (stageUid, page, now) =>
      paged(stageUid, page, (userId, { ban }) => (ban && (ban.until ?? now + 1) > now ? { userId, ban } : undefined)),
  }
}
