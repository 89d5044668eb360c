import { Expression } from '../storage/expression.dynamodb.ts'
import { secondsOf } from '../time.ts'
import { IDEMPOTENCY_WINDOW_MS, RECENT_MS } from './admit.ts'
import { assignedAs, movedVersion, NOT_BANNED, notCoolingDown, ofGeneration } from './conditions.dynamodb.ts'
import type { AdmitAttempt } from './participant-store.ts'
import {
  CONNECTED,
  KEPT_SECONDS,
  LIVE,
  participantAttribute,
  register,
  toParticipantValue,
} from './user-item.dynamodb.ts'
import { MINT_REGISTERS } from './user-record.ts'

/**
 * The one write of a join. Its condition states what policy assumed and every limit, by the cheap tests that one item
 * allows; it refuses whenever `admit` would, and sometimes when it would not. Kept flat: the embedded engine's parser slows
 * down steeply with nesting.
 */
export function admitRequest(attempt: AdmitAttempt) {
  const expression = new Expression()
  const { participant } = attempt.mint
  const name = expression.name('p', participantAttribute(participant.id))
  const condition = [
    `attribute_not_exists(${name})`,
    ...notMintedByKey(attempt, expression),
    NOT_BANNED(expression.value('nows', secondsOf(attempt.now))),
    notCoolingDown(':nows', expression),
    notPutOutSince(attempt, expression),
    ...assignedAs(attempt.assumed, expression),
    ofGeneration(attempt.assumed.generation, expression),
    withinRate(attempt, expression),
    `NOT n >= ${expression.value('cap', attempt.limits.unexpiredIds)}`,
    ...withinSessions(attempt, expression),
  ].join(' AND ')
  return {
    expression,
    update: {
      ConditionExpression: condition,
      UpdateExpression: updateOf(attempt, name, expression),
      ReturnValues: attempt.limits.session.mode === 'replace' ? ('ALL_OLD' as const) : ('NONE' as const),
    },
  }
}

/** Neither the window before nor the one after holds what this key made: two Lambdas' clocks may lie on two sides of an edge. */
function notMintedByKey({ mint, now }: AdmitAttempt, expression: Expression): readonly string[] {
  if (mint.neighbours === undefined) return []
  const previous = expression.name('pp', participantAttribute(mint.neighbours.previous))
  const next = expression.name('pn', participantAttribute(mint.neighbours.next))
  return [
    `NOT ${previous}.${expression.name('m', 'm')} > ${expression.value('idem', now - IDEMPOTENCY_WINDOW_MS)}`,
    `attribute_not_exists(${next})`,
  ]
}

/** A kick that overtook this join covers what it would make: that would be ended before it was given out. */
function notPutOutSince({ now }: AdmitAttempt, expression: Expression): string {
  const at = `${expression.name('out', 'out')}.${expression.name('at', 'at')}`
  return `NOT ${at} >= ${expression.value('now', now)}`
}

function withinRate({ limits, now }: AdmitAttempt, expression: Expression): string {
  return `NOT ${register(limits.mintsPerMinute - 1)} > ${expression.value('cut', now - RECENT_MS)}`
}

/**
 * Known connections plus recent mints stay under the maximum, for every way to make it up. Both slots' mints count here,
 * and a mint that has connected counts twice: the exact rules put that right.
 */
function withinSessions(attempt: AdmitAttempt, expression: Expression): readonly string[] {
  const { mode, max } = attempt.limits.session
  if (mode === 'replace') return []
  const { slot, reserved } = attempt.mint.participant
  const cut = expression.value('cut', attempt.now - RECENT_MS)
  // A reserved id is not live yet, so in that mode the number of live ids says nothing about mints under way.
  const liveIsFull = reserved ? [] : [`size(${LIVE[slot]}) >= ${expression.value('max', max)}`]
  const clauses = [`NOT size(${CONNECTED[slot]}) >= ${expression.value('max', max)}`]
  for (let connected = 0; connected < max; connected++) {
    const recent = `${register(max - connected - 1)} > ${cut}`
    const known =
      connected === 0 ? [] : [`size(${CONNECTED[slot]}) >= ${expression.value(`con${connected}`, connected)}`]
    clauses.push(`NOT (${[...liveIsFull, recent, ...known].join(' AND ')})`)
  }
  return clauses
}

function updateOf({ mint, limits, assumed, now }: AdmitAttempt, name: string, expression: Expression): string {
  const { slot, id, reserved, expiresAt } = mint.participant
  const zero = expression.value('zero', 0)
  const one = expression.value('one', 1)
  const replaces = limits.session.mode === 'replace'
  const ids = reserved ? '' : expression.value('id', new Set([id]))
  const shifted = Array.from({ length: MINT_REGISTERS - 1 }, (_, index) => MINT_REGISTERS - 1 - index).map(
    (index) => `${register(index)} = if_not_exists(${register(index - 1)}, ${zero})`,
  )
  const set = [
    `${name} = ${expression.value('p', toParticipantValue(mint.participant))}`,
    ...shifted,
    `${register(0)} = ${expression.value('now', now)}`,
    movedVersion(expression, now),
    `n = if_not_exists(n, ${zero}) + ${one}`,
    `gen = ${expression.value('gen', assumed.generation)}`,
    `${expression.name('ttl', 'ttl')} = if_not_exists(keep, ${expression.value('ttl', expiresAt + KEPT_SECONDS)})`,
    ...(replaces && !reserved ? [`${LIVE[slot]} = ${ids}`] : []),
  ]
  const remove = replaces ? ` REMOVE ${[CONNECTED[slot], ...(reserved ? [LIVE[slot]] : [])].join(', ')}` : ''
  return `SET ${set.join(', ')}${remove}${replaces || reserved ? '' : ` ADD ${LIVE[slot]} ${ids}`}`
}
