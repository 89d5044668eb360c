import type { UserId } from '../ids.ts'
import { type Item, type ItemValue, mapOf, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { SeatStore } from './seat-store.ts'
import type { Lease, Seats, SeatsKey } from './seats.ts'

const seatsKeyOf = ({ stageUid, generation }: SeatsKey): Key => ({
  pk: `seats#${stageUid}#${generation}`,
  sk: 'seats',
})

export function createSeatStore(table: Table): SeatStore {
  return {
    async open(key) {
      await table.put(
        seatsKeyOf(key),
        toSeatsItem({ version: 1, leases: {} }),
        'attribute_not_exists(pk)',
        new Expression(),
      )
    },

    async load(key) {
      const item = await table.get(seatsKeyOf(key))
      return item && fromSeatsItem(item)
    },

    async save(key, seats, seen) {
      const expression = new Expression()
      const condition = `ver = ${expression.value('seen', seen.version)}`
      return (await table.put(seatsKeyOf(key), toSeatsItem(seats), condition, expression)).done
    },

    async take(key, id, lease, limit) {
      const expression = new Expression()
      const seat = `${expression.name('leases', 'leases')}.${expression.name('id', id)}`
      const fits = `size(${expression.name('leases', 'leases')}) < ${expression.value('limit', limit)}`
      const written = await table.update(
        seatsKeyOf(key),
        {
          ConditionExpression: `attribute_not_exists(${seat}) AND ${fits}`,
          UpdateExpression: `SET ${seat} = ${expression.value('lease', toLeaseValue(lease))} ADD ver ${expression.value('one', 1)}`,
          ReturnValues: 'ALL_NEW',
        },
        expression,
      )
      const image = written.done ? written.image : (written.seen ?? (await table.get(seatsKeyOf(key))))
      const seats = image && fromSeatsItem(image)
      const holds = seats !== undefined && Object.hasOwn(seats.leases, id)
      return { done: written.done || holds, ...(seats && { seats }) }
    },

    async free(key, id) {
      const expression = new Expression()
      const seat = `${expression.name('leases', 'leases')}.${expression.name('id', id)}`
      await table.update(
        seatsKeyOf(key),
        {
          ConditionExpression: `attribute_exists(${seat})`,
          UpdateExpression: `REMOVE ${seat} ADD ver ${expression.value('one', 1)}`,
        },
        expression,
      )
    },
  }
}

const toLeaseValue = (lease: Lease): ItemValue => ({
  u: lease.userId,
  e: lease.until,
  x: lease.tokenExpiresAt,
  m: lease.moderator,
})

const toSeatsItem = (seats: Seats): Item => ({
  ver: seats.version,
  leases: Object.fromEntries(Object.entries(seats.leases).map(([id, lease]) => [id, toLeaseValue(lease)])),
})

function fromSeatsItem(item: Item): Seats {
  const leases = Object.entries(mapOf(item.leases)).map(([id, value]): [string, Lease] => {
    const lease = mapOf(value)
    return [
      id,
      {
        userId: (stringOf(lease.u) ?? '') as UserId,
        until: numberOf(lease.e) ?? 0,
        tokenExpiresAt: numberOf(lease.x) ?? 0,
        moderator: lease.m === true,
      },
    ]
  })
  return { version: numberOf(item.ver) ?? 0, leases: Object.fromEntries(leases) }
}
