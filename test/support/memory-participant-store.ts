import type { ParticipantId } from '../../lib/ids.ts'
import { admit, nextVersion } from '../../lib/participant/admit.ts'
import type { Assumed, ParticipantStore } from '../../lib/participant/participant-store.ts'
import { refreshable, renewed } from '../../lib/participant/refresh.ts'
import { emptyRecord, participantOf, SLOTS, type UserKey, type UserRecord } from '../../lib/participant/user-record.ts'
import { secondsOf } from '../../lib/time.ts'

/** The port in memory, made of the exact rules: what the adapter may refuse too often, this never does. */
export function createMemoryParticipantStore(): ParticipantStore & { readonly records: Map<string, UserRecord> } {
  const records = new Map<string, UserRecord>()
  const at = (key: UserKey): string => `${key.stageUid}/${key.userId}`
  return {
    records,
    load: async (key) => records.get(at(key)),
    async save(key, record, seen) {
      if (records.get(at(key))?.version !== seen?.version) return false
      records.set(at(key), record)
      return true
    },
    async admit(key, { mint, assumed, limits, now }) {
      const seen = records.get(at(key))
      if (!isAsAssumed(seen, assumed, secondsOf(now))) return refused(seen)
      const admission = admit(seen ?? emptyRecord(assumed.generation), mint, assumed.generation, limits, now)
      if (admission.kind !== 'admitted' || (seen?.participants.length ?? 0) >= limits.unexpiredIds) return refused(seen)
      records.set(at(key), admission.record)
      return { done: true, displaced: admission.displaced }
    },
    async refresh(key, attempt) {
      const seen = records.get(at(key))
      const { id, assumed, gapSeconds, now } = attempt
      const found = refreshable(seen, id, assumed.generation, gapSeconds, now)
      if (seen === undefined || !found.ok || !isAsAssumed(seen, assumed, secondsOf(now))) return refused(seen)
      const { value: participant } = found
      const same =
        participant.role === attempt.role &&
        participant.capabilities.join() === attempt.capabilities.join() &&
        participant.narrowing.role === undefined &&
        participant.narrowing.capabilities === undefined &&
        participant.keyId !== undefined &&
        attempt.usableKeys.includes(participant.keyId) &&
        participant.expiresAt <= attempt.expiresAt
      if (!same || participant.keyId === undefined) return refused(seen)
      const { narrowing, keyId, role, capabilities } = participant
      const attributes = attempt.attributes ?? participant.attributes
      const renewal = { narrowing, keyId, role, capabilities, attributes, expiresAt: attempt.expiresAt }
      const next = renewed(seen, participant, renewal, now)
      records.set(at(key), next.record)
      return { done: true, participant: next.participant }
    },
    async commit(key, { reserved, participant, rank, now }) {
      const seen = records.get(at(key))
      const banEnds = seen?.ban === undefined ? 0 : (seen.ban.until ?? Number.POSITIVE_INFINITY)
      const banned = banEnds > secondsOf(now) && (seen?.ban?.rank ?? 0) >= rank
      const putOut = seen?.putOut !== undefined && seen.putOut.at >= reserved.mintedAt
      const there = seen?.participants.some(({ id }) => id === reserved.id || id === participant.id) === true
      if (seen === undefined || !there || banned || putOut) return false
      const ids = new Set([...seen.live[participant.slot], participant.id])
      const live = { ...seen.live, [participant.slot]: [...ids] }
      const others = seen.participants.filter(({ id }) => id !== reserved.id && id !== participant.id)
      const participants = [...others, participant]
      records.set(at(key), { ...seen, live, participants, version: nextVersion(seen, now) })
      return true
    },
    async end(key, id, reason, now) {
      const seen = records.get(at(key))
      const participant = seen && participantOf(seen, id)
      if (seen === undefined || participant === undefined) return undefined
      const participants = seen.participants.map((one) =>
        one.id === id ? { ...one, ended: one.ended ?? reason } : one,
      )
      records.set(at(key), { ...withoutId(seen, id), participants, version: nextVersion(seen, now) })
      return participant
    },
    async forget(key, { id }, now) {
      const seen = records.get(at(key))
      if (seen === undefined || participantOf(seen, id) === undefined) return
      const participants = seen.participants.filter((one) => one.id !== id)
      records.set(at(key), { ...withoutId(seen, id), participants, version: nextVersion(seen, now) })
    },
  }
}

const refused = (seen: UserRecord | undefined) => ({ done: false as const, ...(seen && { seen }) })

function isAsAssumed(seen: UserRecord | undefined, assumed: Assumed, nowSeconds: number): boolean {
  if (seen?.ban !== undefined && (seen.ban.until ?? Number.POSITIVE_INFINITY) > nowSeconds) return false
  if ((seen?.putOut?.coolDown?.until ?? 0) > nowSeconds) return false
  if (seen !== undefined && seen.generation !== 0 && seen.generation !== assumed.generation) return false
  const role = seen?.assigned?.role
  return role === undefined ? assumed.unassigned : assumed.assignedRoles.includes(role)
}

function withoutId(record: UserRecord, id: ParticipantId): UserRecord {
  const keep = (ids: readonly ParticipantId[]): readonly ParticipantId[] => ids.filter((one) => one !== id)
  const both = (lists: UserRecord['live']) => ({ main: keep(lists.main), screen: keep(lists.screen) })
  if (SLOTS.length !== 2) throw new Error('a slot was added: keep it here too')
  return { ...record, live: both(record.live), connected: both(record.connected) }
}
