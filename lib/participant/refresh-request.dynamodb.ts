import { Expression } from '../storage/expression.dynamodb.ts'
import { secondsOf } from '../time.ts'
import { assignedAs, movedVersion, NOT_BANNED, ofGeneration } from './conditions.dynamodb.ts'
import type { RefreshAttempt } from './participant-store.ts'
import { KEPT_SECONDS, LIVE, letters, participantAttribute } from './user-item.dynamodb.ts'

/**
 * The one write of a refresh that changes nothing but the expiry and perhaps the caller's attributes. The answer is the
 * item as it is now, because the token must repeat what the first one said.
 */
export function refreshRequest(attempt: RefreshAttempt) {
  const expression = new Expression()
  const participant = expression.name('p', participantAttribute(attempt.id))
  const field = (letter: string): string => `${participant}.${expression.name(letter, letter)}`
  const id = expression.value('id', attempt.id)
  const keys = attempt.usableKeys.map((key, index) => expression.value(`key${index}`, key))
  const condition = [
    `(contains(${LIVE.main}, ${id}) OR contains(${LIVE.screen}, ${id}))`,
    `${field('e')} > ${expression.value('nows', secondsOf(attempt.now))}`,
    `${field('e')} <= ${expression.value('e', attempt.expiresAt)}`,
    `${field('r')} = ${expression.value('r', attempt.role)}`,
    `${field('c')} = ${expression.value('c', letters(attempt.capabilities))}`,
    `attribute_not_exists(${field('q')})`,
    `NOT ${expression.name('out', 'out')}.${expression.name('at', 'at')} >= ${field('m')}`,
    `${field('k')} IN (${keys.join(', ')})`,
    `NOT ${field('x')} > ${expression.value('gap', attempt.now - attempt.gapSeconds * 1000)}`,
    NOT_BANNED(expression.value('nows', secondsOf(attempt.now))),
    ...assignedAs(attempt.assumed, expression),
    ofGeneration(attempt.assumed.generation, expression),
  ].join(' AND ')
  const set = [
    `${field('e')} = ${expression.value('e', attempt.expiresAt)}`,
    `${field('x')} = ${expression.value('now', attempt.now)}`,
    movedVersion(expression, attempt.now),
    `${expression.name('ttl', 'ttl')} = if_not_exists(keep, ${expression.value('ttl', attempt.expiresAt + KEPT_SECONDS)})`,
    ...(attempt.attributes === undefined ? [] : [`${field('a')} = ${expression.value('a', attempt.attributes)}`]),
  ]
  return {
    expression,
    update: {
      ConditionExpression: condition,
      UpdateExpression: `SET ${set.join(', ')}`,
      ReturnValues: 'ALL_NEW' as const,
    },
  }
}
