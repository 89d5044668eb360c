import type { ParticipantId, UserId } from '../ids.ts'
import type { SeatsKey } from '../seat/seats.ts'
import { type ItemValue, listOf, mapOf, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import { secondsOf } from '../time.ts'
import type { PresentPerson, PresentStore } from './present-store.ts'

/** A stage nobody sweeps any more leaves nothing behind. */
const KEPT_SECONDS = 86_400

const keyOf = ({ stageUid, generation }: SeatsKey, number: number): Key => ({
  pk: `present#${stageUid}#${generation}`,
  sk: `page#${String(number).padStart(4, '0')}`,
})

/**
 * One item a page. A sweep that found fewer pages than the last leaves the rest where they are: no page leads to them, and
 * they go by TTL.
 */
export function createPresentStore(table: Table): PresentStore {
  return {
    async page(key, number) {
      const item = await table.get(keyOf(key, number))
      const at = numberOf(item?.at)
      if (item === undefined || at === undefined) return undefined
      const next = numberOf(item.next)
      return { at, people: listOf(item.people).map(personOf), ...(next !== undefined && { next }) }
    },

    async replace(key, pages) {
      // From the last to the first: who reads meanwhile is never led to a page that is not yet there.
      for (const [number, { at, people, next }] of [...pages.entries()].reverse()) {
        const item = { at, people: people.map(toPerson), next, ttl: secondsOf(at) + KEPT_SECONDS }
        const condition = 'attribute_not_exists(pk) OR attribute_exists(pk)'
        await table.put(keyOf(key, number), item, condition, new Expression())
      }
    },
  }
}

const toPerson = ({ participantId, userId, askFrom }: PresentPerson): ItemValue => ({
  i: participantId,
  u: userId,
  n: askFrom,
})

function personOf(value: ItemValue): PresentPerson {
  const map = mapOf(value)
  const userId = stringOf(map.u)
  const askFrom = numberOf(map.n)
  return {
    participantId: (stringOf(map.i) ?? '') as ParticipantId,
    ...(userId !== undefined && { userId: userId as UserId }),
    ...(askFrom !== undefined && { askFrom }),
  }
}
