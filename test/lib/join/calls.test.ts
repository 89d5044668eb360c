import { describe, expect, it } from 'vitest'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { tableForFile } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { countedTable } from '../../support/tables.ts'
import { aScene, type Scene, type Setting, tableStores } from '../../support/use-case.ts'

type Call = Parameters<Scene['join']>[0]

interface Case {
  readonly setting?: Setting
  /** What happened before, on the same Lambda and on another. */
  readonly before?: (scene: Scene, other: Scene['join']) => Promise<unknown>
  readonly call?: Call
  readonly code?: string
}

const MINUTE = 60_000
const later = { now: T0 + 10 * MINUTE }
const members = { stage: { access: 'members' as const } }
const publishing = { stage: { defaultRole: 'speaker' } }
const assign = (scene: Scene, role: string) => scene.change({ assigned: { role, by: 'x', at: T0 } })

const started = tableForFile()

/** What each access to the table may cost, once the stage is in this Lambda's memory: `update!` is a failed condition. */
const CASES: [string, readonly string[], Case][] = [
  ['first join to an open stage', ['update'], {}],
  ['second tab', ['update'], { before: (scene) => scene.join() }],
  ['returning user, after ten minutes', ['update'], { before: (scene) => scene.join(), call: later }],
  ['with a key', ['update'], { call: { idempotencyKey: 'k' } }],
  [
    'with a key, returning',
    ['update'],
    { before: (scene) => scene.join({ idempotencyKey: 'i' }), call: { idempotencyKey: 'k' } },
  ],
  [
    'member with the role one would guess',
    ['update'],
    { setting: members, before: (scene) => assign(scene, 'viewer') },
  ],
  [
    'member with the role they ask for',
    ['update', 'update'],
    {
      setting: members,
      before: (scene) => assign(scene, 'speaker'),
      call: { request: { role: 'speaker' } },
    },
  ],
  [
    'member with a role seen before',
    ['update'],
    {
      setting: members,
      before: async (scene) => [await assign(scene, 'moderator'), await scene.join()],
    },
  ],
  ['member never seen here', ['update!', 'put'], { setting: members, before: (scene) => assign(scene, 'moderator') }],
  [
    'demoted member',
    ['update!', 'put'],
    {
      before: async (scene) => [await assign(scene, 'moderator'), await scene.join(), await assign(scene, 'viewer')],
    },
  ],
  [
    'ban that is over',
    ['update'],
    { before: (scene) => scene.change({ ban: { rank: 20, by: 'x', at: T0, until: T0 / 1000 } }) },
  ],
  [
    'at the cap',
    ['update!', 'put'],
    {
      setting: { limits: { unexpiredIds: 5 } },
      before: async (scene) => {
        for (let i = 0; i < 5; i++) granted(await scene.join({ now: T0 + i * MINUTE }))
      },
      call: later,
    },
  ],
  [
    'replacing',
    ['update'],
    {
      setting: { stage: { sessionPolicy: { mode: 'replace', max: 1 } } },
      before: (scene) => scene.join(),
    },
  ],
  ['PUBLISH', ['update', 'update'], { setting: publishing }],
  [
    'PUBLISH, replacing',
    ['update', 'get', 'put'],
    {
      setting: { stage: { defaultRole: 'speaker', sessionPolicy: { mode: 'replace', max: 1 } } },
      before: (scene) => scene.join(),
    },
  ],
  [
    'seats full, not yet known',
    ['update', 'update!', 'update'],
    {
      setting: { stage: { defaultRole: 'speaker', seats: 1 } },
      before: (_, other) => other({ caller: aCaller({ userId: 'bob' }) }),
      code: 'publisher_seats_full',
    },
  ],
  [
    'seats full, as seen before',
    ['get', 'get'],
    {
      setting: { stage: { defaultRole: 'speaker', seats: 1 } },
      before: (scene) => scene.join({ caller: aCaller({ userId: 'bob' }) }),
      code: 'publisher_seats_full',
    },
  ],
  [
    'replayed key',
    ['update!'],
    { before: (_, other) => other({ idempotencyKey: 'k' }), call: { idempotencyKey: 'k' } },
  ],
  [
    'replayed key, PUBLISH',
    ['update!', 'update!'],
    {
      setting: publishing,
      before: (_, other) => other({ idempotencyKey: 'k' }),
      call: { idempotencyKey: 'k' },
    },
  ],
  ['refused: not a member', ['update!'], { setting: members, code: 'not_a_member' }],
  ['refused: closed', ['get'], { setting: { stage: { access: 'closed' } }, code: 'not_a_member' }],
  ['refused: a higher role', ['update!'], { call: { request: { role: 'host' } }, code: 'role_not_allowed' }],
  [
    'refused: banned',
    ['update!'],
    { before: (scene) => scene.change({ ban: { rank: 20, by: 'x', at: T0 } }), code: 'banned' },
  ],
  [
    'refused: a session too many',
    ['update!'],
    {
      setting: { stage: { sessionPolicy: { mode: 'reject', max: 1 } } },
      before: (scene) => scene.join(),
      code: 'session_conflict',
    },
  ],
  ['ivs mode', ['update', 'update'], { setting: { mode: 'ivs' } }],
  ['ivs mode, PUBLISH', ['update', 'update', 'update'], { setting: { mode: 'ivs', ...publishing } }],
]

describe.each([
  ['in memory', true],
  ['cold', false],
])('what a join costs, stage %s', (_, warm) => {
  it.each(CASES)('%s: %j', async (_label, expected, { setting, before, call, code }) => {
    const { table, calls } = countedTable(started().table)
    const scene = await aScene({ ...setting, stores: tableStores(table) })
    const other = scene.lambda()
    await before?.(scene, other.join)
    if (warm) await scene.join({ caller: aCaller({ userId: 'warmer' }), request: { capabilities: ['SUBSCRIBE'] } })
    // What a Lambda remembers of roles and seats lasts longer than what it remembers of a stage.
    else scene.outside.now += 5_000
    const vended = scene.outside.vended
    calls.length = 0
    const joined = await scene.join(call)
    expect(codeOf(joined)).toBe(code ?? 'granted')
    expect(calls).toEqual(warm ? expected : ['get', ...expected])
    expect(scene.outside.vended - vended).toBe(setting?.mode === 'ivs' ? 1 : 0)
    expect(scene.outside.asked).toEqual([])
  })
})
