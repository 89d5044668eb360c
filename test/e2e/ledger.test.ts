import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Reply, startApp } from '../support/app.ts'
import { type Spent, spentBy } from '../support/spent.ts'
import { standingIn } from '../support/standing.ts'
import type { TestTwinOptions } from '../support/twin.ts'

/** Writes, write units and reads of the table, at most. */
type Budget = readonly [writes: number, writeUnits: number, reads: number]
type Headers = Readonly<Record<string, string>>

/** What ada does on a stage of the row's own. */
interface Asking {
  readonly app: App
  readonly stageId: string
  readonly join: (body?: unknown, headers?: Headers) => Promise<Reply>
  readonly assign: (role: string) => Promise<void>
  readonly ban: (seconds: number) => Promise<void>
}

interface Row {
  readonly name: string
  readonly stage?: Readonly<Record<string, unknown>>
  /** What has happened by then. */
  readonly before?: (asking: Asking) => Promise<unknown>
  /** How long after that she asks: seconds. */
  readonly later?: number
  readonly body?: unknown
  readonly headers?: Headers
  readonly status: number
  /** The Lambda remembers the stage, and what it learnt by what happened before. */
  readonly warm: Budget
  /** A Lambda that has just started. */
  readonly cold: Budget
}

const DAY = 86_400
const MEMBERS = { access: 'members' }
const KEY = { 'idempotency-key': 'try-1' }

const often = (times: number) => async (asking: Asking) => {
  for (let join = 0; join < times; join++) await asking.join()
}
async function reachTheCap({ app, join }: Asking): Promise<void> {
  for (let id = 0; id < 16; id++) {
    expect((await join()).status).toBe(201)
    await app.advance(61)
  }
}
async function takeTheSeat({ app, stageId }: Asking): Promise<void> {
  await (await app.user('bob')).join(stageId)
}
async function moderate({ join, assign }: Asking): Promise<void> {
  await assign('moderator')
  await join()
}
async function demote({ join, assign }: Asking): Promise<void> {
  await assign('speaker')
  await join({ capabilities: ['SUBSCRIBE'] })
  await assign('viewer')
}
async function reset({ app, stageId, join }: Asking): Promise<void> {
  await join()
  await (await app.admin()).call('POST', `/v1/stages/${stageId}/reset`)
  await app.advance(6)
}

/**
 * docs/storage.md, "What each access costs". The embedded engine does not return the item of a failed condition, so each of
 * those costs a read more than in AWS; a cold Lambda reads the stage, and has forgotten who has which role.
 */
const JOINS: readonly Row[] = [
  // Sixteen ids are some 2.5 KB, and both the failed condition and the write that prunes them are billed by that.
  { name: 'at the cap of ids: pruning is due', before: reachTheCap, status: 201, warm: [2, 6, 1], cold: [2, 6, 2] },
  { name: 'first join to an open stage', status: 201, warm: [1, 1, 0], cold: [1, 1, 1] },
  { name: 'second tab', before: often(1), status: 201, warm: [1, 1, 0], cold: [1, 1, 1] },
  { name: 'back the next day', before: often(2), later: DAY, status: 201, warm: [1, 1, 0], cold: [1, 1, 1] },
  { name: 'ban that is over', before: ({ ban }) => ban(60), later: DAY, status: 201, warm: [1, 1, 0], cold: [1, 1, 1] },
  {
    name: 'member with the stage’s default role',
    stage: MEMBERS,
    before: ({ assign }) => assign('viewer'),
    status: 201,
    warm: [1, 1, 0],
    cold: [1, 1, 1],
  },
  {
    name: 'member with another role, who asks for it',
    stage: MEMBERS,
    before: ({ assign }) => assign('moderator'),
    body: { role: 'moderator' },
    status: 201,
    warm: [1, 1, 0],
    cold: [1, 1, 1],
  },
  {
    name: 'member with another role, never seen here',
    stage: MEMBERS,
    before: ({ assign }) => assign('moderator'),
    status: 201,
    warm: [2, 2, 1],
    cold: [2, 2, 2],
  },
  {
    name: 'member with another role, seen here',
    stage: MEMBERS,
    before: moderate,
    status: 201,
    warm: [1, 1, 0],
    cold: [2, 2, 2],
  },
  { name: 'demoted since', stage: MEMBERS, before: demote, status: 201, warm: [2, 2, 1], cold: [1, 1, 1] },
  { name: 'first after a reset', before: reset, status: 201, warm: [2, 2, 1], cold: [2, 2, 2] },
  { name: 'PUBLISH', stage: { defaultRole: 'speaker' }, status: 201, warm: [2, 2, 0], cold: [2, 2, 1] },
  {
    // A Lambda that does not know writes first and takes it back (docs/adr/0006).
    name: 'PUBLISH, seats full',
    stage: { defaultRole: 'speaker', seats: 1 },
    before: takeTheSeat,
    status: 409,
    warm: [0, 0, 2],
    cold: [3, 3, 2],
  },
  {
    name: 'replayed key',
    before: ({ join }) => join({}, KEY),
    headers: KEY,
    status: 200,
    warm: [1, 1, 1],
    cold: [1, 1, 2],
  },
  {
    name: 'replayed key, PUBLISH',
    stage: { defaultRole: 'speaker' },
    before: ({ join }) => join({}, KEY),
    headers: KEY,
    status: 200,
    warm: [2, 2, 2],
    cold: [2, 2, 3],
  },
  { name: 'refused: banned', before: ({ ban }) => ban(600), status: 403, warm: [1, 1, 1], cold: [1, 1, 2] },
  { name: 'refused: not a member', stage: MEMBERS, status: 403, warm: [1, 1, 1], cold: [1, 1, 2] },
  { name: 'refused: beyond the right', body: { role: 'host' }, status: 403, warm: [1, 1, 1], cold: [1, 1, 2] },
  { name: 'refused: sessions full', before: often(3), status: 409, warm: [1, 1, 1], cold: [1, 1, 2] },
  {
    name: 'refused: too often',
    stage: { sessionPolicy: { mode: 'replace' } },
    before: often(10),
    status: 429,
    // Ten ids are more than a kilobyte.
    warm: [1, 2, 1],
    cold: [1, 2, 2],
  },
]

const IVS_JOINS: readonly Row[] = [
  { name: 'first join to an open stage', status: 201, warm: [2, 2, 0], cold: [2, 2, 1] },
  { name: 'second tab', before: often(1), status: 201, warm: [2, 2, 0], cold: [2, 2, 1] },
  { name: 'PUBLISH', stage: { defaultRole: 'speaker' }, status: 201, warm: [3, 3, 0], cold: [3, 3, 1] },
]

async function prepare(app: App, { stage = {}, before }: Row): Promise<string> {
  const stageId = await app.stage(stage)
  const ada = await app.user('ada')
  const { assign, ban } = standingIn(app)
  await before?.({
    app,
    stageId,
    join: (body, headers) => ada.join(stageId, body, headers),
    assign: (role) => assign(stageId, 'ada', role),
    ban: (seconds) => ban(stageId, 'ada', seconds),
  })
  return stageId
}

async function measured(app: App, stageId: string, { body, headers, status }: Row): Promise<Spent> {
  const ada = await app.user('ada')
  return spentBy(app, 'join', async () => {
    expect((await ada.join(stageId, body, headers)).status).toBe(status)
  })
}

function within(spent: Spent, [writes, writeUnits, reads]: Budget, ivs: number): void {
  const { writes: w, writeUnits: u, reads: r } = spent
  expect(spent, 'over budget').toEqual({
    writes: Math.min(w, writes),
    writeUnits: Math.min(u, writeUnits),
    reads: Math.min(r, reads),
    ivs,
  })
}

function budgets(rows: readonly Row[], ivs: number, options: TestTwinOptions): void {
  const data = mkdtempSync(pathOf(tmpdir(), 'ledger-'))
  const remembered = new Map<Row, string>()
  let app: App
  beforeAll(async () => {
    app = await startApp({ ...options, data })
  })
  afterAll(async () => {
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })
  const callsOf = ({ status }: Row) => (status < 300 ? ivs : 0)

  describe('with the stage in memory', () => {
    it.each(rows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
      const stageId = await prepare(app, row)
      await app.advance(row.later ?? 0)
      await (await app.user('wes')).join(stageId, { role: 'viewer' })
      within(await measured(app, stageId, row), row.warm, callsOf(row))
    })
  })

  describe('in a Lambda that has just started', () => {
    beforeAll(async () => {
      for (const row of rows) remembered.set(row, await prepare(app, row))
      await app.stop()
      app = await startApp({ ...options, data })
    })
    const inTime = [...rows].sort((one, other) => (one.later ?? 0) - (other.later ?? 0))
    let passed = 0
    it.each(inTime.map((row) => [row.name, row] as const))('%s', async (_, row) => {
      await app.advance((row.later ?? 0) - passed)
      passed = row.later ?? 0
      within(await measured(app, remembered.get(row) ?? '', row), row.cold, callsOf(row))
    })
  })
}

describe('a join with a token of our own asks IVS nothing', () => budgets(JOINS, 0, {}))
describe('a join in ivs mode asks it once', () => budgets(IVS_JOINS, 1, { env: { TOKEN_MODE: 'ivs' } }))

describe('a refresh', () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app.stop())
  const SUBSCRIBE = { capabilities: ['SUBSCRIBE'] }
  const BOTH = { capabilities: ['PUBLISH', 'SUBSCRIBE'] }

  it.each<[string, Readonly<{ joined: unknown; asked: unknown; budget: Budget }>]>([
    ['of a participant narrowed at its join', { joined: { role: 'viewer' }, asked: {}, budget: [2, 2, 1] }],
    ['of anyone else', { joined: {}, asked: {}, budget: [1, 1, 0] }],
    ['that gains PUBLISH, and with it a seat', { joined: SUBSCRIBE, asked: BOTH, budget: [2, 2, 1] }],
    ['that loses PUBLISH, and with it the seat', { joined: {}, asked: SUBSCRIBE, budget: [2, 2, 1] }],
  ])('%s', async (_, { joined, asked, budget }) => {
    const [writes, writeUnits, reads] = budget
    for (const remembered of [false, true]) {
      const stageId = await app.stage({ defaultRole: 'speaker' })
      const ada = await app.user('ada')
      const { body } = await ada.join(stageId, joined)
      const path = (id: string) => `/v1/stages/${stageId}/participants/${id}/token`
      if (remembered) await (await app.user('wes')).call('POST', path('nobody'))
      const spent = await spentBy(app, 'refresh', async () => {
        expect((await ada.call('POST', path(body.participantId), asked)).status).toBe(201)
      })
      within(spent, [writes, writeUnits, reads + (remembered ? 0 : 1)], 0)
    }
  })
})
