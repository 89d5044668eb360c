import { Expression } from '../storage/expression.dynamodb.ts'
import type { Table } from '../storage/table.dynamodb.ts'
import type { RunLock } from './run-lock.ts'

const KEY = { pk: 'lock', sk: 'reconcile' }

export function createRunLock(table: Table): RunLock {
  return {
    async hold(holder, until, now) {
      const expression = new Expression()
      const mine = `holder = ${expression.value('holder', holder)}`
      const over = `heldUntil <= ${expression.value('now', now)}`
      const condition = `attribute_not_exists(pk) OR ${mine} OR ${over}`
      return (await table.put(KEY, { holder, heldUntil: until }, condition, expression)).done
    },

    async release(holder) {
      const expression = new Expression()
      await table.remove(KEY, `holder = ${expression.value('holder', holder)}`, expression)
    },
  }
}
