import type { StageUid } from '../ids.ts'
import { type Item, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import { type EpochMicros, msOfMicros, secondsOf } from '../time.ts'
import type { HistoryEntry, HistoryPage, HistoryStore, SessionEntry } from './history-store.ts'

/** Sixteen digits hold any instant until 2286, so that text order is time order. */
const sortable = (at: EpochMicros): string => String(at).padStart(16, '0')

const sessionsPk = (stageUid: StageUid): string => `sessions#${stageUid}`
const historyPk = (stageUid: StageUid, sessionId: string): string => `history#${stageUid}#${sessionId}`
const entryKey = (stageUid: StageUid, sessionId: string, { at, participantId, name, said }: HistoryEntry): Key => ({
  pk: historyPk(stageUid, sessionId),
  sk: `${sortable(at)}#${participantId ?? '-'}#${name}#${said ?? '-'}`,
})

const BY_ID = 'id#'
const BY_START = 'at#'

/** What is there already is this very event: nothing of it can have changed. */
const ONCE = 'attribute_not_exists(pk)'

export function createHistoryStore(table: Table): HistoryStore {
  return {
    async append(stageUid, sessionId, entry, ttlSeconds) {
      const item: Item = {
        at: entry.at,
        event: entry.name,
        participant: entry.participantId,
        user: entry.userId,
        error: entry.errorCode,
        ttl: secondsOf(msOfMicros(entry.at)) + ttlSeconds,
      }
      await table.put(entryKey(stageUid, sessionId, entry), item, ONCE, new Expression())
    },

    async noteSession(stageUid, session, ttlSeconds) {
      const startedAt = await startOf(table, stageUid, session, ttlSeconds)
      const expression = new Expression()
      const ttl = expression.value('ttl', secondsOf(msOfMicros(startedAt)) + ttlSeconds)
      const set = [
        `sid = ${expression.value('session', session.sessionId)}`,
        `startedAt = ${expression.value('started', startedAt)}`,
        `${expression.name('ttl', 'ttl')} = ${ttl}`,
        ...(session.endedAt === undefined ? [] : [`endedAt = ${expression.value('ended', session.endedAt)}`]),
      ]
      const sk = `${BY_START}${sortable(startedAt)}#${session.sessionId}`
      await table.update({ pk: sessionsPk(stageUid), sk }, { UpdateExpression: `SET ${set.join(', ')}` }, expression)
    },

    async sessions(stageUid, page) {
      const { items, next } = await pageOf(table, sessionsPk(stageUid), page, BY_START)
      return { items: items.map(sessionOf), ...next }
    },

    async entries(stageUid, sessionId, page) {
      const { items, next } = await pageOf(table, historyPk(stageUid, sessionId), page)
      return { items: items.map(historyOf), ...next }
    },
  }
}

/**
 * The start a session is listed under: what the first to note it said. It is part of the list's sort key and so may never
 * change; an older event that comes later does not move it.
 */
async function startOf(
  table: Table,
  stageUid: StageUid,
  { sessionId, startedAt }: SessionEntry,
  ttlSeconds: number,
): Promise<EpochMicros> {
  const key = { pk: sessionsPk(stageUid), sk: `${BY_ID}${sessionId}` }
  const item = { startedAt, ttl: secondsOf(msOfMicros(startedAt)) + ttlSeconds }
  const written = await table.put(key, item, ONCE, new Expression())
  if (written.done) return startedAt
  return numberOf((written.seen ?? (await table.get(key)))?.startedAt) ?? startedAt
}

/** Oldest first; of one family of sort keys, newest first. */
async function pageOf(table: Table, pk: string, { limit, after }: HistoryPage<string>, family?: string) {
  const expression = new Expression()
  const within = family === undefined ? '' : ` AND begins_with(sk, ${expression.value('family', family)})`
  const { items, more } = await table.query({
    KeyConditionExpression: `pk = ${expression.value('pk', pk)}${within}`,
    ScanIndexForward: family === undefined,
    Limit: limit,
    ...expression.parts,
    ...(after !== undefined && { ExclusiveStartKey: { pk: { S: pk }, sk: { S: after } } }),
  })
  const last = stringOf(items.at(-1)?.sk)
  return { items, next: more && last !== undefined ? { next: last } : {} }
}

function sessionOf(item: Item): SessionEntry {
  const endedAt = numberOf(item.endedAt)
  return {
    sessionId: stringOf(item.sid) ?? '',
    startedAt: numberOf(item.startedAt) ?? 0,
    ...(endedAt !== undefined && { endedAt }),
  }
}

function historyOf(item: Item): HistoryEntry {
  const participantId = stringOf(item.participant)
  const userId = stringOf(item.user)
  const errorCode = stringOf(item.error)
  return {
    at: numberOf(item.at) ?? 0,
    name: stringOf(item.event) ?? '',
    ...(participantId !== undefined && { participantId }),
    ...(userId !== undefined && { userId }),
    ...(errorCode !== undefined && { errorCode }),
  }
}
