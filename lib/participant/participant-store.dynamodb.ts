import type { ParticipantId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Table, Written } from '../storage/table.dynamodb.ts'
import { type EpochMs, type EpochSeconds, secondsOf } from '../time.ts'
import { admitRequest } from './admit-request.dynamodb.ts'
import { movedVersion, notBannedAbove } from './conditions.dynamodb.ts'
import type { Commit, ParticipantStore, Refused } from './participant-store.ts'
import { refreshRequest } from './refresh-request.dynamodb.ts'
import {
  CONNECTED,
  fromUserItem,
  KEPT_SECONDS,
  LIVE,
  participantAttribute,
  sparseKeysOf,
  toParticipantValue,
  toUserItem,
  userKeyOf,
} from './user-item.dynamodb.ts'
import { type Participant, participantOf, SLOTS, type UserKey, type UserRecord } from './user-record.ts'

export function createParticipantStore(table: Table): ParticipantStore {
  return {
    async load(key) {
      const item = await table.get(userKeyOf(key))
      return item && fromUserItem(item)
    },

    async save(key, record, seen) {
      const expression = new Expression()
      const condition =
        seen === undefined ? 'attribute_not_exists(pk)' : `ver = ${expression.value('seen', seen.version)}`
      const item = { ...toUserItem(record, neededUntil(record) + KEPT_SECONDS), ...sparseKeysOf(key, record) }
      return (await table.put(userKeyOf(key), item, condition, expression)).done
    },

    async admit(key, attempt) {
      const { update, expression } = admitRequest(attempt)
      const written = await table.update(userKeyOf(key), update, expression)
      if (!written.done) return refusedBy(written)
      const before = written.image && fromUserItem(written.image)
      const { slot } = attempt.mint.participant
      const displaced = before?.participants.filter((participant) => before.live[slot].includes(participant.id)) ?? []
      return { done: true, displaced }
    },

    async refresh(key, attempt) {
      const { update, expression } = refreshRequest(attempt)
      const written = await table.update(userKeyOf(key), update, expression)
      if (!written.done) return refusedBy(written)
      const participant = written.image && participantOf(fromUserItem(written.image), attempt.id)
      if (participant === undefined) throw new Error('a refresh answered without the participant it refreshed')
      return { done: true, participant }
    },

    commit: async (key, attempt) => (await commit(table, key, attempt)).done,

    async end(key, id, reason, now) {
      const written = await end(table, key, id, reason, now)
      return written.done && written.image ? participantOf(fromUserItem(written.image), id) : undefined
    },

    async forget(key, participant, now) {
      await forget(table, key, participant, now)
    },
  }
}

/** The last moment at which something in the record still means anything. */
const neededUntil = ({
  participants,
  pruned,
  mints,
  ban,
  putOut,
  unassigned,
  unbanned,
  shown,
}: UserRecord): EpochSeconds =>
  Math.max(
    ...[...participants, ...pruned].map(({ expiresAt }) => expiresAt),
    ...[mints[0], putOut?.at, unassigned?.at, unbanned?.at, shown?.at].map((at) => secondsOf(at ?? 0)),
    ban?.until ?? 0,
    putOut?.coolDown?.until ?? 0,
  )

const refusedBy = (written: Written & { done: false }): Refused =>
  written.seen === undefined ? { done: false } : { done: false, seen: fromUserItem(written.seen) }

/**
 * The reserved id must still be there, and the user neither banned nor put out since it was written. Where the answer to the
 * same write was lost, what it made is there instead.
 */
function commit(table: Table, key: UserKey, { reserved, participant, rank, now }: Commit): Promise<Written> {
  const expression = new Expression()
  const from = expression.name('from', participantAttribute(reserved.id))
  const to = expression.name('to', participantAttribute(participant.id))
  const out = `${expression.name('out', 'out')}.${expression.name('at', 'at')}`
  const condition = [
    `(attribute_exists(${from}) OR attribute_exists(${to}))`,
    notBannedAbove(rank, secondsOf(now), expression),
    `NOT ${out} >= ${expression.value('minted', reserved.mintedAt)}`,
  ].join(' AND ')
  const update =
    `SET ${to} = ${expression.value('p', toParticipantValue(participant))}, ${movedVersion(expression, now)} ` +
    `REMOVE ${from} ADD ${LIVE[participant.slot]} ${expression.value('id', new Set([participant.id]))}`
  return table.update(userKeyOf(key), { ConditionExpression: condition, UpdateExpression: update }, expression)
}

/** The record stays: the token works until it expires, and whoever sees the id must know that it ended, and why. */
function end(table: Table, key: UserKey, id: ParticipantId, reason: EndReason, now: EpochMs): Promise<Written> {
  const expression = new Expression()
  const participant = expression.name('p', participantAttribute(id))
  const ended = `${participant}.${expression.name('z', 'z')}`
  const one = expression.value('id', new Set([id]))
  const update =
    `SET ${ended} = if_not_exists(${ended}, ${expression.value('reason', reason)}), ${movedVersion(expression, now)} ` +
    `DELETE ${SLOTS.flatMap((slot) => [`${LIVE[slot]} ${one}`, `${CONNECTED[slot]} ${one}`]).join(', ')}`
  return table.update(
    userKeyOf(key),
    { ConditionExpression: `attribute_exists(${participant})`, UpdateExpression: update, ReturnValues: 'ALL_OLD' },
    expression,
  )
}

function forget(table: Table, key: UserKey, { id, slot }: Participant, now: EpochMs): Promise<Written> {
  const expression = new Expression()
  const participant = expression.name('p', participantAttribute(id))
  const update =
    `SET n = n - ${expression.value('one', 1)}, ${movedVersion(expression, now)} ` +
    `REMOVE ${participant} DELETE ${LIVE[slot]} ${expression.value('id', new Set([id]))}`
  return table.update(
    userKeyOf(key),
    { ConditionExpression: `attribute_exists(${participant})`, UpdateExpression: update },
    expression,
  )
}
