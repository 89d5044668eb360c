import type { Capability } from '../grant/role.ts'
import type { ParticipantId } from '../ids.ts'
import type { EndReason } from '../refusal.ts'
import {
  type Item,
  type ItemValue,
  mapOf,
  numberOf,
  setOf,
  stringOf,
  textsOf,
} from '../storage/attribute-values.dynamodb.ts'
import type { Key } from '../storage/table.dynamodb.ts'
import { MINT_REGISTERS, type Participant, SLOTS, type Slot, type UserKey, type UserRecord } from './user-record.ts'

/** The one item of (stage, user). Names are short because every join writes them; docs/storage.md spells them out. */
export const userKeyOf = (key: UserKey): Key => ({ pk: `user#${key.stageUid}#${key.userId}`, sk: 'user' })

const PARTICIPANT = 'p#'
export const participantAttribute = (id: ParticipantId): string => `${PARTICIPANT}${id}`
export const LIVE: Readonly<Record<Slot, string>> = { main: 'lm', screen: 'ls' }
export const CONNECTED: Readonly<Record<Slot, string>> = { main: 'cm', screen: 'cs' }
export const register = (index: number): string => `t${index}`

/** Items outlive their last mint by this much, so that nothing is tidied while a token may still be used. */
export const KEPT_SECONDS = 15 * 86_400
/** A TTL that never comes, for members and permanent bans. */
const FOREVER = 4_102_444_800

export function toParticipantValue(participant: Participant): ItemValue {
  const { narrowing } = participant
  const narrowed = narrowing.role !== undefined || narrowing.capabilities !== undefined
  return {
    r: participant.role,
    c: letters(participant.capabilities),
    s: participant.slot,
    m: participant.mintedAt,
    d: participant.duration,
    e: participant.expiresAt,
    k: participant.keyId,
    v: participant.endpointsVersion,
    a: Object.keys(participant.attributes).length > 0 ? participant.attributes : undefined,
    q: narrowed ? { r: narrowing.role, c: narrowing.capabilities && letters(narrowing.capabilities) } : undefined,
    x: participant.refreshedAt,
    h: participant.requestHash,
    o: participant.attempt,
    w: participant.reserved,
    et: participant.seenAt,
    z: participant.ended,
  }
}

export function fromParticipantValue(id: ParticipantId, value: ItemValue | undefined): Participant {
  const map = mapOf(value)
  const narrowed = mapOf(map.q)
  const narrowedTo = stringOf(narrowed.c)
  return {
    id,
    slot: map.s === 'screen' ? 'screen' : 'main',
    role: stringOf(map.r) ?? '',
    capabilities: capabilitiesOf(stringOf(map.c) ?? ''),
    mintedAt: numberOf(map.m) ?? 0,
    duration: numberOf(map.d) ?? 0,
    expiresAt: numberOf(map.e) ?? 0,
    endpointsVersion: numberOf(map.v) ?? 0,
    attributes: textsOf(map.a),
    narrowing: {
      ...optional('role', stringOf(narrowed.r)),
      ...optional('capabilities', narrowedTo === undefined ? undefined : capabilitiesOf(narrowedTo)),
    },
    ...optional('keyId', stringOf(map.k)),
    ...optional('refreshedAt', numberOf(map.x)),
    ...optional('requestHash', stringOf(map.h)),
    ...optional('attempt', stringOf(map.o)),
    ...optional('reserved', map.w === true ? true : undefined),
    ...optional('seenAt', numberOf(map.et)),
    ...optional('ended', stringOf(map.z) as EndReason | undefined),
  }
}

export function toUserItem(record: UserRecord, ttl: number): Item {
  const { assigned, ban, putOut } = record
  const kept = assigned !== undefined || (ban !== undefined && ban.until === undefined)
  const item: Item = {
    ver: record.version,
    gen: record.generation,
    n: record.participants.length,
    mrole: assigned?.role,
    mby: assigned?.by,
    mat: assigned?.at,
    banUntil: ban && (ban.until ?? FOREVER),
    ban: ban && { by: ban.by, rank: ban.rank, at: ban.at, reason: ban.reason, open: ban.until === undefined },
    out: putOut && { at: putOut.at, as: putOut.as },
    keep: kept ? FOREVER : undefined,
    ttl: kept ? FOREVER : ttl,
  }
  for (const slot of SLOTS) {
    item[LIVE[slot]] = new Set(record.live[slot])
    item[CONNECTED[slot]] = new Set(record.connected[slot])
  }
  for (const participant of record.participants)
    item[participantAttribute(participant.id)] = toParticipantValue(participant)
  record.mints.forEach((mintedAt, index) => {
    item[register(index)] = mintedAt
  })
  return item
}

export function fromUserItem(item: Item): UserRecord {
  const ban = mapOf(item.ban)
  const out = mapOf(item.out)
  const assignedRole = stringOf(item.mrole)
  const banUntil = numberOf(item.banUntil)
  return {
    version: numberOf(item.ver) ?? 0,
    generation: numberOf(item.gen) ?? 0,
    participants: participantsIn(item),
    live: { main: idsIn(item[LIVE.main]), screen: idsIn(item[LIVE.screen]) },
    connected: { main: idsIn(item[CONNECTED.main]), screen: idsIn(item[CONNECTED.screen]) },
    mints: mintsIn(item),
    ...(assignedRole !== undefined && {
      assigned: { role: assignedRole, by: stringOf(item.mby) ?? '', at: numberOf(item.mat) ?? 0 },
    }),
    ...(banUntil !== undefined && {
      ban: {
        ...(ban.open === true ? {} : { until: banUntil }),
        by: stringOf(ban.by) ?? '',
        rank: numberOf(ban.rank) ?? Number.POSITIVE_INFINITY,
        at: numberOf(ban.at) ?? 0,
        ...optional('reason', stringOf(ban.reason)),
      },
    }),
    ...(numberOf(out.at) !== undefined && {
      putOut: { at: numberOf(out.at) ?? 0, as: out.as === 'banned' ? 'banned' : 'kicked' },
    }),
  }
}

/** Oldest first, so that equal records compare equal whatever order the engine kept. */
function participantsIn(item: Item): readonly Participant[] {
  return Object.keys(item)
    .filter((name) => name.startsWith(PARTICIPANT))
    .map((name) => fromParticipantValue(name.slice(PARTICIPANT.length) as ParticipantId, item[name]))
    .sort((one, other) => one.mintedAt - other.mintedAt || (one.id < other.id ? -1 : 1))
}

function mintsIn(item: Item): readonly number[] {
  return Array.from({ length: MINT_REGISTERS }, (_, index) => numberOf(item[register(index)]) ?? 0).filter(
    (mintedAt) => mintedAt > 0,
  )
}

const idsIn = (value: ItemValue | undefined): readonly ParticipantId[] => [...setOf(value)].sort() as ParticipantId[]

const LETTER: Readonly<Record<Capability, string>> = { PUBLISH: 'P', SUBSCRIBE: 'S' }
export const letters = (capabilities: readonly Capability[]): string =>
  [...capabilities]
    .sort()
    .map((capability) => LETTER[capability])
    .join('')
export const capabilitiesOf = (text: string): readonly Capability[] =>
  (['PUBLISH', 'SUBSCRIBE'] as const).filter((capability) => text.includes(LETTER[capability]))

const optional = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]: V })
