import type { ParticipantId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import { type Item, type ItemValue, listOf, mapOf, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import { secondsOf } from '../time.ts'
import type { Watch, WatchedId, WatchKey, WatchStore } from './watch-store.ts'

/** Nothing counts on what is over; a message that comes late finds out that it is one too many. */
const KEPT_SECONDS = 86_400

const keyOf = ({ stageUid, generation, userId }: WatchKey): Key => ({
  pk: `watch#${stageUid}#${generation}#${userId}`,
  sk: 'watch',
})

export function createWatchStore(table: Table): WatchStore {
  return {
    async load(key) {
      const item = await table.get(keyOf(key))
      return item && watchOf(item)
    },

    async save(key, watch, seen) {
      const expression = new Expression()
      const condition =
        seen === undefined ? 'attribute_not_exists(pk)' : `ver = ${expression.value('seen', seen.version)}`
      return (await table.put(keyOf(key), itemOf(watch), condition, expression)).done
    },
  }
}

const itemOf = ({ version, ids, turn, dueAt, seenAt, waitSeconds }: Watch): Item => ({
  ver: version,
  ids: ids.map(({ participantId, expiresAt, reason }) => ({ i: participantId, e: expiresAt, z: reason })),
  turn,
  dueAt,
  seenAt,
  after: waitSeconds,
  ttl: Math.max(secondsOf(dueAt), ...ids.map(({ expiresAt }) => expiresAt)) + KEPT_SECONDS,
})

function watchOf(item: Item): Watch {
  const number = (name: string): number => numberOf(item[name]) ?? 0
  return {
    version: number('ver'),
    ids: listOf(item.ids).map(idOf),
    turn: stringOf(item.turn) ?? '',
    dueAt: number('dueAt'),
    seenAt: number('seenAt'),
    waitSeconds: number('after'),
  }
}

function idOf(value: ItemValue): WatchedId {
  const map = mapOf(value)
  return {
    participantId: (stringOf(map.i) ?? '') as ParticipantId,
    expiresAt: numberOf(map.e) ?? 0,
    reason: (stringOf(map.z) ?? 'banned') as EndReason,
  }
}
