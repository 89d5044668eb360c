import type { RightSource } from '../grant/grant.ts'
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
import { inOrder } from './prune.ts'
import {
  MINT_REGISTERS,
  type Participant,
  type PrunedId,
  type PutOut,
  type RecordedRight,
  SLOTS,
  type Slot,
  type UserKey,
  type UserRecord,
} from './user-record.ts'

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
    f: participant.right && toRightValue(participant.right, participant.role),
    i: participant.requestId,
    g: participant.grace && {
      c: letters(participant.grace.capabilities),
      u: participant.grace.until,
      x: participant.grace.refreshedAt,
    },
  }
}

function fromParticipantValue(id: ParticipantId, value: ItemValue | undefined): Participant {
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
    ...optional('right', fromRightValue(map.f, stringOf(map.r) ?? '')),
    ...optional('requestId', stringOf(map.i)),
    ...optional('grace', fromGraceValue(map.g)),
  }
}

const SOURCE_LETTER: Readonly<Record<RightSource, string>> = {
  assigned: 'a',
  login_stage: 's',
  login_any_stage: '*',
  login_group: 'g',
  default_role: 'd',
}
const sourceOf = (letter: ItemValue | undefined): RightSource =>
  (Object.keys(SOURCE_LETTER) as RightSource[]).find((source) => SOURCE_LETTER[source] === letter) ?? 'assigned'

/** Only what the participant's role and the source do not say already: every join writes it. */
function toRightValue({ role, source, login }: RecordedRight, granted: string) {
  const isLogins = login?.source === source
  return {
    s: SOURCE_LETTER[source],
    r: role === granted ? undefined : role,
    l: isLogins ? undefined : login?.role,
    o: isLogins ? undefined : login && SOURCE_LETTER[login.source],
  }
}

function fromRightValue(value: ItemValue | undefined, granted: string): RecordedRight | undefined {
  const { s, r, l, o } = mapOf(value)
  if (s === undefined) return undefined
  const [source, role] = [sourceOf(s), stringOf(r) ?? granted]
  if (typeof l === 'string') return { role, source, login: { role: l, source: sourceOf(o) } }
  const isLogins = source !== 'assigned' && source !== 'default_role'
  return { role, source, ...(isLogins && { login: { role, source } }) }
}

function fromGraceValue(value: ItemValue | undefined): Participant['grace'] {
  const { c, u, x } = mapOf(value)
  if (typeof c !== 'string' || typeof u !== 'number') return undefined
  return { capabilities: capabilitiesOf(c), until: u, ...optional('refreshedAt', numberOf(x)) }
}

export function toUserItem(record: UserRecord, ttl: number): Item {
  const { assigned, unassigned, ban, unbanned, putOut, shown } = record
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
    gone: unassigned && { r: unassigned.role, by: unassigned.by, at: unassigned.at },
    lifted: unbanned && { by: unbanned.by, at: unbanned.at },
    old: toPrunedValue(record.pruned),
    out: putOut && { at: putOut.at, as: putOut.as, until: putOut.coolDown?.until, rank: putOut.coolDown?.rank },
    shown: shown && { at: shown.at, ...toRightValue(shown.right, '') },
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

/** Where the item is in the indexes of members and of bans: only while there is something to list. */
export const sparseKeysOf = ({ stageUid }: UserKey, { assigned, ban }: UserRecord): Item => ({
  memberOf: assigned && stageUid,
  bannedFrom: ban && stageUid,
})

export function fromUserItem(item: Item): UserRecord {
  const ban = mapOf(item.ban)
  const assignedRole = stringOf(item.mrole)
  const banUntil = numberOf(item.banUntil)
  return {
    version: numberOf(item.ver) ?? 0,
    generation: numberOf(item.gen) ?? 0,
    participants: participantsIn(item),
    pruned: prunedIn(mapOf(item.old)),
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
    ...optional('putOut', putOutIn(mapOf(item.out))),
    ...optional('unassigned', unassignedIn(mapOf(item.gone))),
    ...optional('unbanned', unbannedIn(mapOf(item.lifted))),
    ...optional('shown', shownIn(item.shown)),
  }
}

type Fields = ReturnType<typeof mapOf>

function putOutIn({ at, as, until, rank }: Fields): PutOut | undefined {
  if (typeof at !== 'number') return undefined
  return {
    at,
    as: as === 'banned' ? 'banned' : 'kicked',
    ...(typeof until === 'number' && { coolDown: { until, rank: numberOf(rank) ?? Number.POSITIVE_INFINITY } }),
  }
}

const unassignedIn = ({ r, by, at }: Fields): UserRecord['unassigned'] =>
  typeof r === 'string' ? { role: r, by: stringOf(by) ?? '', at: numberOf(at) ?? 0 } : undefined

function shownIn(value: ItemValue | undefined): UserRecord['shown'] {
  const right = fromRightValue(value, '')
  return right && { right, at: numberOf(mapOf(value).at) ?? 0 }
}

const unbannedIn = ({ by, at }: Fields): UserRecord['unbanned'] =>
  typeof by === 'string' ? { by, at: numberOf(at) ?? 0 } : undefined

const toPrunedValue = (pruned: readonly PrunedId[]): ItemValue | undefined =>
  pruned.length === 0
    ? undefined
    : Object.fromEntries(
        pruned.map(({ id, expiresAt, ended }) => [id, { e: expiresAt, z: ended === 'replaced' ? undefined : ended }]),
      )

const prunedIn = (ids: Fields): readonly PrunedId[] =>
  inOrder(
    Object.entries(ids).map(([id, value]) => {
      const { e, z } = mapOf(value)
      return {
        id: id as ParticipantId,
        expiresAt: numberOf(e) ?? 0,
        ended: (stringOf(z) ?? 'replaced') as EndReason,
      }
    }),
  )

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
