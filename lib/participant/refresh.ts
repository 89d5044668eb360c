import type { Capability } from '../grant/role.ts'
import type { ParticipantId } from '../ids.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochMs, type EpochSeconds, secondsOf } from '../time.ts'
import type { KeyId } from '../token/participant-token.ts'
import { nextVersion } from './admit.ts'
import {
  endReasonOf,
  lastRefresh,
  type Narrowing,
  type Participant,
  participantOf,
  prunedIdOf,
  type RecordedRight,
  type UserRecord,
} from './user-record.ts'

/** The participant this user may still refresh, or why there is none. A placeholder was never anyone's participant. */
export function refreshable(
  record: UserRecord | undefined,
  id: ParticipantId,
  generation: number,
  gapSeconds: number,
  now: EpochMs,
): Result<Participant, Refusal> {
  const pruned = record && prunedIdOf(record, id)
  if (pruned !== undefined) return refuse({ code: 'participant_ended', reason: pruned.ended })
  const participant = record && participantOf(record, id)
  if (participant === undefined || participant.reserved) return refuse({ code: 'participant_not_found' })
  // A reset ended everyone who was there, without a word in each user's record.
  // IVS exchanges only tokens of our own for one another (IVS facts §2).
  if (participant.keyId === undefined) return refuse({ code: 'exchange_unsupported' })
  const reason = record?.generation === generation ? endReasonOf(record, participant, secondsOf(now)) : 'lapsed'
  if (reason !== undefined) return refuse({ code: 'participant_ended', reason })
  const next = (participant.refreshedAt ?? 0) + gapSeconds * 1000
  // A lost answer is not a lost write: what was refreshed in this very millisecond is what this request did.
  if (next <= now || participant.refreshedAt === now) return ok(participant)
  return refuse({ code: 'rate_limited', retryAfterSeconds: Math.max(1, Math.ceil((next - now) / 1000)) })
}

/** What a refresh says anew about a participant. */
export interface Renewal {
  readonly role: string
  readonly capabilities: readonly Capability[]
  readonly narrowing: Narrowing
  readonly attributes: Readonly<Record<string, string>>
  readonly expiresAt: EpochSeconds
  readonly keyId: KeyId
  readonly right?: RecordedRight
}

/** A client that gives up a capability goes on with it until it has exchanged its token, as one that is demoted does. */
const EXCHANGE_MS = 15_000

function graceOf(participant: Participant, { capabilities }: Renewal, now: EpochMs): Pick<Participant, 'grace'> {
  const givesUp = participant.capabilities.some((capability) => !capabilities.includes(capability))
  const until = now + EXCHANGE_MS
  return givesUp ? { grace: { capabilities: participant.capabilities, until, ...lastRefresh(participant) } } : {}
}

/** The record with the participant renewed. Its stored expiry never moves back: an older token may still be running. */
export function renewed(
  record: UserRecord,
  participant: Participant,
  renewal: Renewal,
  now: EpochMs,
): { readonly record: UserRecord; readonly participant: Participant } {
  const next: Participant = {
    ...participant,
    ...renewal,
    expiresAt: Math.max(participant.expiresAt, renewal.expiresAt),
    refreshedAt: now,
    ...graceOf(participant, renewal, now),
  }
  const participants = record.participants.map((one) => (one.id === participant.id ? next : one))
  return { record: { ...record, participants, version: nextVersion(record, now) }, participant: next }
}
