import type { Capability } from '../grant/role.ts'
import type { ParticipantId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import { type EpochMicros, type EpochMs, msOfMicros, secondsOf } from '../time.ts'
import { nextVersion } from './admit.ts'
import {
  endReasonOf,
  type Participant,
  type PrunedId,
  participantOf,
  prunedIdOf,
  type UserRecord,
} from './user-record.ts'

/** That a participant was seen on its stage, or seen to be off it, and what it may do as far as IVS is concerned. */
export interface Sighting {
  readonly id: ParticipantId
  /** Absent: nothing that says who is there now. */
  readonly connected?: boolean
  /** What its token lets it do, where that was seen: by publishing, or by an exchange. */
  readonly capabilities?: readonly Capability[]
  readonly at: EpochMicros
}

export type Sighted =
  /** Not one of this user's: whatever the event says about its user is not believed. */
  | { readonly kind: 'unmanaged' }
  /** This user's, ended and pruned: no more is known of it. */
  | { readonly kind: 'pruned'; readonly participant: PrunedId; readonly beyond: boolean; readonly reason: EndReason }
  | {
      readonly kind: 'ours'
      readonly participant: Participant
      /** Nothing that was seen of it is written down yet. */
      readonly isFirst: boolean
      /** The record to be written; absent where something later is known, or the same. */
      readonly record?: UserRecord
      /** It is on the stage without a right, or does more than its right allows. */
      readonly beyond: boolean
      /** Why it has no right to be there; absent where it has one and does more. */
      readonly reason?: EndReason
    }

/** A sighting of one of ours. */
export type SightedOurs = Exclude<Sighted, { readonly kind: 'unmanaged' }>

/** What a sighting means for the user's record. Pure; the later evidence wins, and an older one still shows what was done. */
export function sighted(record: UserRecord | undefined, sighting: Sighting, now: EpochMs): Sighted {
  const pruned = record && prunedIdOf(record, sighting.id)
  if (pruned !== undefined) {
    return { kind: 'pruned', participant: pruned, beyond: sighting.connected === true, reason: pruned.ended }
  }
  const participant = record && participantOf(record, sighting.id)
  if (record === undefined || participant === undefined || participant.reserved) return { kind: 'unmanaged' }
  const reason = endedAs(record, participant, now)
  const beyond = (sighting.connected === true && reason !== undefined) || doesMore(participant, sighting)
  const isFirst = participant.seenAt === undefined
  const seen = { kind: 'ours' as const, participant, isFirst, beyond, ...(reason !== undefined && { reason }) }
  if (participant.seenAt !== undefined && participant.seenAt >= sighting.at) return seen
  return { ...seen, record: withSighting(record, participant, sighting, now) }
}

/**
 * An expired token is no ended participant: it is checked when joining alone, so whoever joined in time may stay
 * (IVS facts §12.1). One that was replaced before it expired is.
 */
function endedAs(record: UserRecord, participant: Participant, now: EpochMs): EndReason | undefined {
  const reason = endReasonOf(record, participant, secondsOf(now))
  if (reason !== 'lapsed' || participant.ended !== undefined) return reason
  return record.live[participant.slot].includes(participant.id) ? undefined : 'replaced'
}

const doesMore = (participant: Participant, { capabilities, at }: Sighting): boolean =>
  capabilities?.some((capability) => !mayStill(participant, capability, at)) ?? false

/**
 * What its right allows, and for a moment after a demotion what its token did before. It is the evidence's instant that
 * counts: an event that comes late, of what was allowed then, is no disobedience. Clocks may differ.
 */
const mayStill = ({ capabilities, grace }: Participant, capability: Capability, at: EpochMicros): boolean =>
  capabilities.includes(capability) ||
  (grace !== undefined && msOfMicros(at) < grace.until + CLOCKS_DIFFER_MS && grace.capabilities.includes(capability))

const CLOCKS_DIFFER_MS = 2_000

function withSighting(record: UserRecord, participant: Participant, sighting: Sighting, now: EpochMs): UserRecord {
  const { id, slot } = participant
  const participants = record.participants.map((one) => (one.id === id ? { ...one, seenAt: sighting.at } : one))
  const next = { ...record, version: nextVersion(record, now), participants }
  if (sighting.connected === undefined) return next
  const others = record.connected[slot].filter((one) => one !== id)
  const counts = sighting.connected && record.live[slot].includes(id)
  return { ...next, connected: { ...record.connected, [slot]: counts ? [...others, id] : others } }
}
