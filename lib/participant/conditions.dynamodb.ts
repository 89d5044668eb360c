import type { Expression } from '../storage/expression.dynamodb.ts'
import type { EpochMs } from '../time.ts'
import type { Assumed } from './participant-store.ts'

/** No ban, or one that is over. The positive form refuses a value of the wrong type too. */
export const NOT_BANNED = (nowSeconds: string): string =>
  `(attribute_not_exists(banUntil) OR banUntil <= ${nowSeconds})`

/** Not put out for a while, or that while is over. */
export const notCoolingDown = (nowSeconds: string, expression: Expression): string =>
  `NOT ${expression.name('out', 'out')}.${expression.name('until', 'until')} > ${nowSeconds}`

/** The same, or one that does not bind because a lower rank made it. */
export function notBannedAbove(rank: number, nowSeconds: number, expression: Expression): string {
  const banRank = `${expression.name('ban', 'ban')}.${expression.name('rank', 'rank')}`
  const over = `banUntil <= ${expression.value('nows', nowSeconds)}`
  return `(attribute_not_exists(banUntil) OR ${over} OR ${banRank} < ${expression.value('rank', rank)})`
}

/** The assigned role is one of those that lead to the grant we are about to write. */
export function assignedAs(assumed: Assumed, expression: Expression): readonly string[] {
  const roles = assumed.assignedRoles.map((role, index) => expression.value(`role${index}`, role))
  const oneOf = `mrole IN (${roles.join(', ')})`
  if (!assumed.unassigned) return [oneOf]
  return [roles.length === 0 ? 'attribute_not_exists(mrole)' : `(attribute_not_exists(mrole) OR ${oneOf})`]
}

/** Nothing of an earlier generation is left in the item: after a reset the exact way clears it first. */
export const ofGeneration = (generation: number, expression: Expression): string =>
  `(attribute_not_exists(gen) OR gen = ${expression.value('gen', generation)})`

/** Every writer moves the version; it starts at the current millisecond, so that no two lives of an item look alike. */
export const movedVersion = (expression: Expression, now: EpochMs): string =>
  `ver = if_not_exists(ver, ${expression.value('now', now)}) + ${expression.value('one', 1)}`
