import { type Item, numberOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { Clock, EpochMs } from '../time.ts'
import {
  answerOf,
  type CallWindow,
  CLOCK_BOUND_MS,
  higherThan,
  isKeptFor,
  keptUntil,
  WINDOW_MS,
  type WindowLimits,
  windowLimits,
} from './call-window.ts'
import { type IvsQuota, PRIORITIES, type Priority, type QuotaAnswer } from './quota.ts'

const keyOf = (operation: string): Key => ({ pk: `quota#${operation}`, sk: 'quota' })

export interface QuotaSettings {
  /** Of the account's quota in this Region, above 0 and at most 1. */
  readonly share: number
  readonly clock: Clock
}

/** One item an operation, and one conditional update a call: the registers of the last calls move by one. */
export function createIvsQuota(table: Table, { share, clock }: QuotaSettings): IvsQuota {
  return {
    async take(operation, priority) {
      const limits = windowLimits(operation, share)
      const now = clock()
      const written = await moveRegisters(table, operation, limits, priority, now)
      if (written.done) return { granted: true }
      const seen = written.seen ?? (await table.get(keyOf(operation)))
      const answer = answerOf(windowOf(seen ?? {}, limits), limits, priority, now)
      const refused: QuotaAnswer = answer.granted ? { granted: false, waitMs: 1 } : answer
      if (!refused.granted && isKeptFor(priority)) await keepNext(table, operation, priority, refused.waitMs, now)
      return refused
    },
  }
}

function moveRegisters(table: Table, operation: string, limits: WindowLimits, priority: Priority, now: EpochMs) {
  const expression = new Expression()
  const ahead = expression.value('ahead', now + CLOCK_BOUND_MS)
  const deciding = `t${limits.openTo(priority) - 1}`
  const free = `NOT ${deciding} BETWEEN ${expression.value('from', now - WINDOW_MS + 1)} AND ${ahead}`
  const notKept = higherThan(priority).map(
    (higher) => `NOT ${waitingName(higher)} BETWEEN ${expression.value('next', now + 1)} AND ${ahead}`,
  )
  const moved = Array.from({ length: limits.calls - 1 }, (_, index) => {
    const from = limits.calls - 2 - index
    return `t${from + 1} = if_not_exists(t${from}, ${expression.value('zero', 0)})`
  })
  const set = [...moved, `t0 = ${expression.value('now', now)}`]
  const update = {
    ConditionExpression: [free, ...notKept].join(' AND '),
    UpdateExpression: `SET ${set.join(', ')}`,
  }
  return table.update(keyOf(operation), update, expression)
}

async function keepNext(
  table: Table,
  operation: string,
  priority: Priority,
  waitMs: number,
  now: EpochMs,
): Promise<void> {
  const expression = new Expression()
  const until = expression.value('until', keptUntil(waitMs, now))
  await table.update(keyOf(operation), { UpdateExpression: `SET ${waitingName(priority)} = ${until}` }, expression)
}

const waitingName = (priority: Priority): string => `w${PRIORITIES.indexOf(priority)}`

function windowOf(item: Item, { calls }: WindowLimits): CallWindow {
  const recent = Array.from({ length: calls }, (_, index) => numberOf(item[`t${index}`]) ?? 0)
  const waiting = PRIORITIES.flatMap((priority) => {
    const until = numberOf(item[waitingName(priority)])
    return until === undefined ? [] : [[priority, until]]
  })
  return { recent, waiting: Object.fromEntries(waiting) }
}
