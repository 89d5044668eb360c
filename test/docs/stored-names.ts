import type { ParticipantId, StageId, StageUid, UserId } from '../../lib/ids.ts'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import { emptyRecord, MINT_REGISTERS, type UserRecord } from '../../lib/participant/user-record.ts'
import { createRosterStore } from '../../lib/roster/roster-store.dynamodb.ts'
import { createSeatStore } from '../../lib/seat/seat-store.dynamodb.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import type { Item } from '../../lib/storage/attribute-values.dynamodb.ts'
import type { Table } from '../../lib/storage/table.dynamodb.ts'
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

async function rosterItemNames(): Promise<readonly string[]> {
  const { table, names } = recordingTable('roster#')
  const key = { stageUid: 'uid1' as StageUid, generation: 1 }
  const roster = { version: 1, sessionId: 'st-1', audience: 1, asOf: T0, sweptAt: T0, entries: [] }
  await createRosterStore(table).save(key, roster, undefined)
  return names()
}

/** By the heading of its section in docs/storage.md: what the adapters write into each item. */
export const STORED_NAMES: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  'The user item': userItemNames,
  'The seats item': seatsItemNames,
  'The stage item': () => stageNames('stage#'),
  'The ARN item': () => stageNames('arn#'),
  'The roster item': rosterItemNames,
}
