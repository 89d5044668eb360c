import { createAuditStore } from '../../lib/audit/audit-store.dynamodb.ts'
import type { AuditEntry } from '../../lib/audit/audit-store.ts'
import { createWatchStore } from '../../lib/ending/watch-store.dynamodb.ts'
import type { Watch } from '../../lib/ending/watch-store.ts'
import { createHistoryStore } from '../../lib/history/history-store.dynamodb.ts'
import type { HistoryEntry, SessionEntry } from '../../lib/history/history-store.ts'
import type { ParticipantId, StageId, StageUid, UserId } from '../../lib/ids.ts'
import { createIvsQuota } from '../../lib/ivs/quota.dynamodb.ts'
import { PRIORITIES } from '../../lib/ivs/quota.ts'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import { emptyRecord, MINT_REGISTERS, type UserRecord } from '../../lib/participant/user-record.ts'
import type { Roster } from '../../lib/roster/roster.ts'
import { createRosterStore } from '../../lib/roster/roster-store.dynamodb.ts'
import { createSeatStore } from '../../lib/seat/seat-store.dynamodb.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import type { Item } from '../../lib/storage/attribute-values.dynamodb.ts'
import type { Table } from '../../lib/storage/table.dynamodb.ts'
import { createLiveStore } from '../../lib/sweep/live-store.dynamodb.ts'
import type { LiveStage } from '../../lib/sweep/live-store.ts'
import { createPresentStore } from '../../lib/sweep/present-store.dynamodb.ts'
import type { PresentPage } from '../../lib/sweep/present-store.ts'
import { createRunLock } from '../../lib/sweep/run-lock.dynamodb.ts'
import { createSweepRequests } from '../../lib/sweep/sweep-requests.dynamodb.ts'
import { aParticipant, T0 } from '../support/participants.ts'

/** Whatever is asked of it, it has: an attribute that somebody adds is written too, without a word here. */
const ANYTHING: object = new Proxy(
  {},
  {
    get: (_, name) => {
      if (name === Symbol.toPrimitive) return () => 0
      return name === Symbol.iterator ? () => [].values() : ANYTHING
    },
  },
)

const withEverything = <T extends object>(known: T): T =>
  new Proxy(known, { get: (target, name) => (Reflect.has(target, name) ? Reflect.get(target, name) : ANYTHING) })

/** A user of whom everything is known that can be, so that every attribute is written. */
const FULL_RECORD: UserRecord = withEverything({
  ...emptyRecord(1),
  version: T0,
  participants: [
    withEverything(aParticipant('one', { attributes: { displayName: 'Ada' }, narrowing: { role: 'viewer' } })),
  ],
  // An id is a name in that map, which no document can list: here it is one that is there already.
  pruned: [{ id: 'old' as ParticipantId, expiresAt: 1, ended: 'left' }],
  live: { main: ['one' as ParticipantId], screen: ['two' as ParticipantId] },
  connected: { main: ['one' as ParticipantId], screen: ['two' as ParticipantId] },
  mints: Array.from({ length: MINT_REGISTERS }, () => T0),
})

const FULL_STAGE: Stage = {
  stageId: 'demo' as StageId,
  uid: 'uid1' as StageUid,
  generation: { number: 1, stageArn: 'arn' },
  endpoints: [{ version: 1, events: 'events', whip: 'whip', fetchedAt: T0 }],
  name: 'Demo',
  access: 'open',
  defaultRole: 'viewer',
  roles: {
    viewer: { capabilities: [], rank: 0, defaultDuration: 1, maxDuration: 1, callerAttributes: [] },
  },
  seats: 12,
  reservedSeats: 0,
  sessionPolicy: { mode: 'allow', max: 3 },
  maxDuration: 60,
  endsAt: 1,
  idleMinutes: 1,
  strict: true,
  tags: {},
  adopted: false,
  retired: ['arn'],
  untold: [{ generation: 2, at: 1 }],
  deleting: false,
  createdAt: T0,
  updatedAt: T0,
  version: 1,
}

const DATA = ['leases', 'tags', 'a']

/** Names at every depth, save those that are data: ids, role names, tags and attributes a caller set. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (typeof value !== 'object' || value === null || value instanceof Set) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    if (inner === undefined) return []
    if (name === 'roles') return [name, ...Object.values(inner as object).flatMap(namesIn)]
    return [name, ...(DATA.includes(name) ? [] : namesIn(inner))]
  })
}

/** Every attribute a store sends to items whose keys begin so, whether it puts them or names attributes in an update. */
function recordingTable(prefix: string): { readonly table: Table; readonly names: () => readonly string[] } {
  const names: string[] = []
  const done = async (): Promise<{ done: true }> => ({ done: true })
  const table: Table = {
    get: async () => undefined,
    getAll: async () => [],
    query: async () => ({ items: [], more: false }),
    remove: done,
    put: (key, item: Item) => {
      if (key.pk.startsWith(prefix)) names.push(...namesIn(item))
      return done()
    },
    update: (key, update, expression) => {
      if (!key.pk.startsWith(prefix)) return done()
      const { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = expression.parts
      const targets = (update.UpdateExpression ?? '').matchAll(/(?:SET|ADD|DELETE|,)\s+([\w#.]+)/g)
      const spelled = [...targets].flatMap(([, path = '']) => path.split('.'))
      names.push(...spelled.map((part) => ExpressionAttributeNames[part] ?? part))
      names.push(...Object.values(ExpressionAttributeValues).flatMap(({ M }) => Object.keys(M ?? {})))
      return done()
    },
  }
  return { table, names: () => names }
}

async function userItemNames(): Promise<readonly string[]> {
  const { table, names } = recordingTable('user#')
  const key = { stageUid: 'uid1' as StageUid, userId: 'ada' as UserId }
  await createParticipantStore(table).save(key, FULL_RECORD, undefined)
  return names().map((name) => {
    if (name.startsWith('p#')) return 'p#<id>'
    return /^t\d$/.test(name) ? 't0…t9' : name
  })
}

async function seatsItemNames(): Promise<readonly string[]> {
  const { table, names } = recordingTable('seats#')
  const seats = createSeatStore(table)
  const key = { stageUid: 'uid1' as StageUid, generation: 1 }
  const lease = { userId: 'ada' as UserId, until: 1, tokenExpiresAt: 1, moderator: false }
  await seats.open(key)
  await seats.take(key, 'one' as ParticipantId, lease, 12)
  return names().filter((name) => name !== 'one')
}

async function stageNames(prefix: string): Promise<readonly string[]> {
  const { table, names } = recordingTable(prefix)
  await createStageStore(table).create(FULL_STAGE)
  return names()
}

/** What a store writes where `write` makes it write all that it can. */
async function writtenTo(prefix: string, write: (table: Table) => Promise<unknown>): Promise<readonly string[]> {
  const { table, names } = recordingTable(prefix)
  await write(table)
  return names()
}

const stageUid = 'uid1' as StageUid
const key = { stageUid, generation: 1 }
const place = { ...key, stageId: 'demo' as StageId }
const minted = withEverything({ attributes: { displayName: 'Ada' }, capabilities: ['PUBLISH' as const] })
const FULL_ROSTER = withEverything({ entries: [withEverything({ minted })], untold: [] }) as unknown as Roster
const FULL_SESSION = withEverything({ sessionId: 'st-1', startedAt: 1 }) as unknown as SessionEntry
const FULL_EVENT = withEverything({ at: 1, name: 'published' }) as unknown as HistoryEntry
const FULL_ACT = withEverything({ id: 'id', at: T0 }) as unknown as AuditEntry
const FULL_PAGE = withEverything({ at: T0, people: [withEverything({})] }) as unknown as PresentPage
const FULL_LIVE = withEverything({ ...place }) as unknown as LiveStage
const FULL_WATCH = withEverything({ dueAt: T0, ids: [withEverything({ expiresAt: 1 })] }) as unknown as Watch

/** Both ways in which the quota's item is written: a call that has a place, and one that has to wait for it. */
async function quotaNames(): Promise<readonly string[]> {
  const names = await Promise.all(
    PRIORITIES.map((priority) =>
      writtenTo('quota#', async (table) => {
        const full = { t0: T0, t1: T0, t2: T0, t3: T0, t4: T0 }
        const busy: Table = {
          ...table,
          update: async (...call) => ({ ...(await table.update(...call)), done: false, seen: full }),
        }
        for (const one of [table, busy]) {
          await createIvsQuota(one, { share: 1, clock: () => T0 }).take('DisconnectParticipant', priority)
        }
      }),
    ),
  )
  const kept = names.flat().flatMap((name) => Number(/^w(\d+)$/.exec(name)?.[1] ?? []))
  return names.flat().map((name) => {
    if (/^t\d+$/.test(name)) return 't0…t49'
    return /^w\d+$/.test(name) ? `w0…w${Math.max(...kept)}` : name
  })
}

/** One kind of item: its section in docs/storage.md, and what the adapters write into it. */
export interface StoredKind {
  readonly heading: string
  /** Where a section's table has a row for each kind: how this one's begins. */
  readonly row?: string
  readonly names: () => Promise<readonly string[]>
}

/** By what the partition key of the kind begins with. */
export const STORED_KINDS: Readonly<Record<string, StoredKind>> = {
  'user#': { heading: 'The user item', names: userItemNames },
  'seats#': { heading: 'The seats item', names: seatsItemNames },
  'stage#': { heading: 'The stage item', names: () => stageNames('stage#') },
  'arn#': { heading: 'The ARN item', names: () => stageNames('arn#') },
  'roster#': {
    heading: 'The roster item',
    names: () => writtenTo('roster#', (table) => createRosterStore(table).save(key, FULL_ROSTER, undefined)),
  },
  'sessions#': {
    ...{ heading: 'Sessions and history', row: 'session' },
    names: () => writtenTo('sessions#', (table) => createHistoryStore(table).noteSession(stageUid, FULL_SESSION, 1)),
  },
  'history#': {
    ...{ heading: 'Sessions and history', row: 'one event' },
    names: () => writtenTo('history#', (table) => createHistoryStore(table).append(stageUid, 'st-1', FULL_EVENT, 1)),
  },
  'present#': {
    ...{ heading: 'Sweeps', row: 'who was connected' },
    names: () => writtenTo('present#', (table) => createPresentStore(table).replace(key, [FULL_PAGE])),
  },
  sweeps: {
    ...{ heading: 'Sweeps', row: 'a stage to be swept' },
    names: () => writtenTo('sweeps', (table) => createSweepRequests(table).soon(place)),
  },
  live: {
    ...{ heading: 'Sweeps', row: 'a live stage' },
    names: () => writtenTo('live', (table) => createLiveStore(table).put(FULL_LIVE)),
  },
  lock: {
    ...{ heading: 'Sweeps', row: 'who sweeps' },
    names: () => writtenTo('lock', (table) => createRunLock(table).hold('me', T0, T0)),
  },
  'audit#': {
    ...{ heading: 'The audit', row: 'an act' },
    names: () => writtenTo('audit#', (table) => createAuditStore(table).append(stageUid, FULL_ACT, 1)),
  },
  'quota#': { heading: 'The quota', names: quotaNames },
  'watch#': {
    heading: 'The watch item',
    names: () =>
      writtenTo('watch#', (table) =>
        createWatchStore(table).save({ ...key, userId: 'ada' as UserId }, FULL_WATCH, undefined),
      ),
  },
}
