import type { EpochSeconds } from '../time.ts'
import { endReasonOf, type Participant, type PrunedId, type UserRecord } from './user-record.ts'

/** What pruning leaves: enough for a user's tabs, little enough to stay within one write unit. */
const KEPT_BY_PRUNING = 4
/**
 * So many ids of one user and stage are remembered beside those with a record of their own. Beyond it the user waits for one to
 * expire: a token that nobody remembers could be used by somebody who was banned since.
 */
export const MAX_PRUNED = 1_000
/** Whoever joined just before their token expired is seen by a sweep well within this. */
const SEEN_BY_SECONDS = 600
const USUAL_WAIT_SECONDS = 60

export interface Pruning {
  readonly gone: readonly Participant[]
  /** The record's, with those of `gone` whose tokens may still be used. */
  readonly pruned: readonly PrunedId[]
  /** When there may be room for more. */
  readonly retryAfterSeconds: number
}

/**
 * Who leaves a record that is at its cap, of those that may: the expired first, then the oldest. That they ended stays known for
 * as long as their tokens live.
 */
export function pruning(record: UserRecord, mayGo: readonly Participant[], now: EpochSeconds): Pruning {
  const isExpired = ({ expiresAt }: Participant): boolean => expiresAt <= now
  const isOver = ({ expiresAt }: Pick<Participant, 'expiresAt'>): boolean => expiresAt + SEEN_BY_SECONDS <= now
  const remembered = record.pruned.filter((one) => !isOver(one))
  let room = MAX_PRUNED - remembered.length
  const gone = mayGo
    .toSorted((one, other) => Number(isExpired(other)) - Number(isExpired(one)) || one.mintedAt - other.mintedAt)
    .slice(0, Math.max(record.participants.length - KEPT_BY_PRUNING, 0))
    .filter((one) => isOver(one) || one.reserved || room-- > 0)
  const added = gone.filter((one) => !isOver(one) && !one.reserved).map((one) => prunedFrom(record, one, now))
  const [next] = remembered
  const isFull = remembered.length >= MAX_PRUNED && next !== undefined
  return {
    gone,
    pruned: inOrder([...remembered, ...added]),
    retryAfterSeconds: isFull ? Math.max(1, next.expiresAt + SEEN_BY_SECONDS - now) : USUAL_WAIT_SECONDS,
  }
}

function prunedFrom(record: UserRecord, participant: Participant, now: EpochSeconds): PrunedId {
  const { id, expiresAt } = participant
  const reason = endReasonOf(record, participant, now)
  return { id, expiresAt, ended: reason === undefined || reason === 'lapsed' ? 'replaced' : reason }
}

/** The next to expire first. */
export const inOrder = (pruned: readonly PrunedId[]): readonly PrunedId[] =>
  pruned.toSorted((one, other) => one.expiresAt - other.expiresAt || (one.id < other.id ? -1 : 1))
