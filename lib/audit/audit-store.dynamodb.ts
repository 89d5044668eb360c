import type { StageUid } from '../ids.ts'
import { type Item, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Table } from '../storage/table.dynamodb.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import type { AuditAction, AuditEntry, AuditStore } from './audit-store.ts'

const partition = (stageUid: StageUid): string => `audit#${stageUid}`
/** Thirteen digits hold any instant until 2286, so that text order is time order. */
const sortable = (at: EpochMs): string => String(at).padStart(13, '0')
/** Sorts after every id. */
const LAST = '~'
const FOREVER: EpochMs = 9_999_999_999_999
/** Nothing was done before 1970, and what has more digits would sort among today's. */
const sortableAtAll = (at: EpochMs): EpochMs => Math.min(Math.max(at, 0), FOREVER)

export function createAuditStore(table: Table): AuditStore {
  return {
    async append(stageUid, entry, ttlSeconds) {
      const key = { pk: partition(stageUid), sk: `${sortable(entry.at)}#${entry.id}` }
      const item = { ...toItem(entry), ttl: secondsOf(entry.at) + ttlSeconds }
      await table.put(key, item, 'attribute_not_exists(pk)', new Expression())
    },

    async list(stageUid, { from = 0, to = FOREVER }, { limit, after }) {
      const [first, last] = [sortable(sortableAtAll(from)), `${sortable(sortableAtAll(to))}#${LAST}`]
      // A range that ends before it begins, and a start outside of it, are errors to the engine: the one is easily asked for,
      // and a cursor may be used with another range than it came from.
      if (first > last || (after !== undefined && after <= first)) return { items: [] }
      const start = after !== undefined && after < last ? after : undefined
      const expression = new Expression()
      const between = `sk BETWEEN ${expression.value('first', first)} AND ${expression.value('last', last)}`
      const { items, more } = await table.query({
        KeyConditionExpression: `pk = ${expression.value('pk', partition(stageUid))} AND ${between}`,
        ScanIndexForward: false,
        Limit: limit,
        ...expression.parts,
        ...(start !== undefined && { ExclusiveStartKey: { pk: { S: partition(stageUid) }, sk: { S: start } } }),
      })
      const next = stringOf(items.at(-1)?.sk)
      return { items: items.map(fromItem), ...(more && next !== undefined && { next }) }
    },
  }
}

/** Reserved words are no trouble here: none of these is ever named in an expression. */
const toItem = (entry: AuditEntry): Item => ({
  id: entry.id,
  at: entry.at,
  action: entry.action,
  by: entry.by,
  user: entry.userId,
  participant: entry.participantId,
  rule: entry.rule,
  role: entry.role,
  previous: entry.previousRole,
  until: entry.until,
  reason: entry.reason,
  request: entry.requestId,
})

function fromItem(item: Item): AuditEntry {
  const optional = {
    userId: stringOf(item.user),
    participantId: stringOf(item.participant),
    role: stringOf(item.role),
    previousRole: stringOf(item.previous),
    until: stringOf(item.until),
    reason: stringOf(item.reason),
    requestId: stringOf(item.request),
  }
  return {
    id: stringOf(item.id) ?? '',
    at: numberOf(item.at) ?? 0,
    action: (stringOf(item.action) ?? '') as AuditAction,
    by: stringOf(item.by) ?? '',
    rule: stringOf(item.rule) ?? '',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}
