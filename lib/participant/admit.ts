import type { ParticipantId } from '../ids.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { SessionPolicy } from '../stage/stage.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import { pruning } from './prune.ts'
import { emptyRecord, MINT_REGISTERS, type Participant, type Slot, type UserRecord } from './user-record.ts'

/** A mint counts against the rate, and as a session that may be about to connect, for this long. */
export const RECENT_MS = 60_000
/** A key names the same participant for at least this long. */
export const IDEMPOTENCY_WINDOW_MS = 600_000

/** The participant to add, and where an earlier attempt with the same key may have left it. */
export interface Mint {
  readonly participant: Participant
  /** Ids the same idempotency key makes in the neighbouring windows. */
  readonly neighbours?: { readonly previous: ParticipantId; readonly next: ParticipantId }
}

export interface MintLimits {
  readonly mintsPerMinute: number
  readonly unexpiredIds: number
  readonly session: SessionPolicy
}

export type Admission =
  | { readonly kind: 'admitted'; readonly record: UserRecord; readonly displaced: readonly Participant[] }
  /** The same key was here before: this is what it made. */
  | { readonly kind: 'replay'; readonly participant: Participant }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * Adds a participant to what was seen of a user, or says why not. Pure and exact: the optimistic write may refuse more
 * than this, never grant more. Bans and roles are the policy's business and already decided.
 */
export function admit(seen: UserRecord, mint: Mint, generation: number, limits: MintLimits, now: EpochMs): Admission {
  const record = withoutAbandoned(seen.generation === generation ? seen : startedOver(seen, generation), now)
  const earlier = earlierAttempt(record, mint, now)
  if (earlier !== undefined) return { kind: 'replay', participant: earlier }

  const oldestThatCounts = record.mints[limits.mintsPerMinute - 1]
  if (oldestThatCounts !== undefined && oldestThatCounts > now - RECENT_MS) return tooOften(oldestThatCounts, now)

  // A kick that overtook this join covers what it would make: asked again, it is made after it.
  if (record.putOut !== undefined && record.putOut.at >= mint.participant.mintedAt)
    return tooOften(now - RECENT_MS, now)

  const { slot } = mint.participant
  const { mode, max } = limits.session
  if (mode !== 'replace' && activeIn(record, slot, now).length >= max) {
    return { kind: 'refused', refusal: { code: 'session_conflict' } }
  }
  const displaced = mode === 'replace' ? liveIn(record, slot) : []
  const room = makeRoom(record, displaced, limits.unexpiredIds, now)
  if (!room.ok) return { kind: 'refused', refusal: { code: 'rate_limited', ...room.refusal } }
  return {
    kind: 'admitted',
    record: added(room.value.record, mint.participant, displaced, now),
    displaced: [...displaced, ...room.value.wereUsable],
  }
}

/** A reset ended everyone: roles, bans and the rate stay, participants go. */
export const startedOver = (record: UserRecord, generation: number): UserRecord => ({
  ...record,
  ...{ participants: [], pruned: [], live: emptyRecord(generation).live, connected: emptyRecord(generation).connected },
  generation,
})

/** A placeholder IVS never answered for is nobody's participant. */
function withoutAbandoned(record: UserRecord, now: EpochMs): UserRecord {
  const abandoned = record.participants.filter(({ reserved, mintedAt }) => reserved && mintedAt <= now - RECENT_MS)
  return abandoned.length === 0 ? record : without(record, abandoned)
}

function earlierAttempt(record: UserRecord, mint: Mint, now: EpochMs): Participant | undefined {
  const at = (id: ParticipantId | undefined): Participant | undefined =>
    id === undefined ? undefined : record.participants.find((participant) => participant.id === id)
  const previous = at(mint.neighbours?.previous)
  return (
    at(mint.participant.id) ??
    (previous !== undefined && previous.mintedAt > now - IDEMPOTENCY_WINDOW_MS ? previous : undefined) ??
    at(mint.neighbours?.next)
  )
}

function liveIn(record: UserRecord, slot: Slot): readonly Participant[] {
  return record.participants.filter((participant) => record.live[slot].includes(participant.id))
}

/** Sessions that count: connected as far as we know, or so new that they may be about to be. */
function activeIn(record: UserRecord, slot: Slot, now: EpochMs): readonly Participant[] {
  return record.participants.filter((participant) => participant.slot === slot && isActive(record, participant, now))
}

function isActive(record: UserRecord, participant: Participant, now: EpochMs): boolean {
  const { id, slot } = participant
  if (participant.ended !== undefined) return false
  if (participant.reserved) return participant.mintedAt > now - RECENT_MS
  if (!record.live[slot].includes(id)) return false
  if (record.connected[slot].includes(id)) return true
  return participant.mintedAt > now - RECENT_MS && participant.expiresAt > secondsOf(now)
}

interface Room {
  readonly record: UserRecord
  /** Gone from the record by it, and live until then. */
  readonly wereUsable: readonly Participant[]
}

/** Under the cap nothing goes. At it, whoever is neither active nor one that a key may still name. */
function makeRoom(
  record: UserRecord,
  displaced: readonly Participant[],
  cap: number,
  now: EpochMs,
): Result<Room, { readonly retryAfterSeconds: number }> {
  if (record.participants.length < cap) return ok({ record, wereUsable: [] })
  const mayGo = record.participants.filter((one) => !isKeyed(one, now) && !isActive(record, one, now))
  const { gone, pruned, retryAfterSeconds } = pruning(record, mayGo, secondsOf(now))
  if (record.participants.length - gone.length >= cap) return refuse({ retryAfterSeconds })
  const wasUsable = (one: Participant): boolean =>
    one.expiresAt > secondsOf(now) && record.live[one.slot].includes(one.id) && !displaced.includes(one)
  return ok({ record: { ...without(record, gone), pruned }, wereUsable: gone.filter(wasUsable) })
}

/** Twice the window, because the neighbouring windows are looked at too. */
const isKeyed = (participant: Participant, now: EpochMs): boolean =>
  participant.requestHash !== undefined && participant.mintedAt > now - 2 * IDEMPOTENCY_WINDOW_MS

function without(record: UserRecord, gone: readonly Participant[]): UserRecord {
  const ids = new Set(gone.map((participant) => participant.id))
  const keep = (list: readonly ParticipantId[]): readonly ParticipantId[] => list.filter((id) => !ids.has(id))
  return {
    ...record,
    participants: record.participants.filter((participant) => !ids.has(participant.id)),
    live: { main: keep(record.live.main), screen: keep(record.live.screen) },
    connected: { main: keep(record.connected.main), screen: keep(record.connected.screen) },
  }
}

function added(
  record: UserRecord,
  participant: Participant,
  displaced: readonly Participant[],
  now: EpochMs,
): UserRecord {
  const { slot, id } = participant
  const replaces = displaced.length > 0
  const live = replaces ? [] : record.live[slot]
  const withIt = participant.reserved ? live : [...live, id]
  return {
    ...record,
    version: nextVersion(record, now),
    participants: [...record.participants, participant],
    live: { ...record.live, [slot]: withIt },
    connected: replaces ? { ...record.connected, [slot]: [] } : record.connected,
    mints: [now, ...record.mints].slice(0, MINT_REGISTERS),
  }
}

/** Every writer moves the version; a new record starts at the current millisecond, so that none is ever seen twice. */
export const nextVersion = (record: UserRecord, now: EpochMs): number => (record.version || now) + 1

function tooOften(since: EpochMs, now: EpochMs): Admission {
  const retryAfterSeconds = Math.max(1, Math.ceil((since + RECENT_MS - now) / 1000))
  return { kind: 'refused', refusal: { code: 'rate_limited', retryAfterSeconds } }
}
