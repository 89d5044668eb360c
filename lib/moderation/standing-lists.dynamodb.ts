import type { StageUid, UserId } from '../ids.ts'
import { fromUserItem, userKeyOf } from '../participant/user-item.dynamodb.ts'
import { type Item, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Table } from '../storage/table.dynamodb.ts'
import type { Listed, ListPage, StandingLists } from './standing-lists.ts'

/** The sparse indexes and the attribute that is their partition. Their sort key is the table's own `pk`. */
const PARTITION = { members: 'memberOf', bans: 'bannedFrom' } as const

export function createStandingLists(table: Table): StandingLists {
  return {
    members: (stageUid, page) =>
      list(table, 'members', stageUid, page, (userId, item) => {
        const { assigned } = fromUserItem(item)
        return assigned && { userId, assigned }
      }),
    bans: (stageUid, page, now) =>
      list(table, 'bans', stageUid, page, (userId, item) => {
        const { ban } = fromUserItem(item)
        return ban && (ban.until === undefined || ban.until > now) ? { userId, ban } : undefined
      }),
  }
}

async function list<T>(
  table: Table,
  index: keyof typeof PARTITION,
  stageUid: StageUid,
  { limit, after }: ListPage,
  read: (userId: UserId, item: Item) => T | undefined,
): Promise<Listed<T>> {
  const expression = new Expression()
  const { items, more } = await table.query({
    IndexName: index,
    KeyConditionExpression: `${PARTITION[index]} = ${expression.value('stage', stageUid)}`,
    Limit: limit,
    ...expression.parts,
    ...(after !== undefined && { ExclusiveStartKey: startAfter(index, stageUid, after) }),
  })
  const prefix = userKeyOf({ stageUid, userId: '' as UserId }).pk
  const userIdOf = (item: Item): UserId => (stringOf(item.pk) ?? prefix).slice(prefix.length) as UserId
  const last = items.at(-1)
  return {
    items: items.flatMap((item) => read(userIdOf(item), item) ?? []),
    ...(more && last !== undefined && { next: userIdOf(last) }),
  }
}

function startAfter(index: keyof typeof PARTITION, stageUid: StageUid, userId: UserId) {
  const { pk, sk } = userKeyOf({ stageUid, userId })
  return { [PARTITION[index]]: { S: stageUid }, pk: { S: pk }, sk: { S: sk } }
}
