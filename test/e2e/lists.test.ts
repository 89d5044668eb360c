import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHistoryStore } from '../../lib/history/history-store.dynamodb.ts'
import { OPERATIONS } from '../../lib/http/contract.ts'
import { encodeCursor } from '../../lib/http/cursor.ts'
import { routeKeyOf } from '../../lib/http/operation.ts'
import type { ParticipantId, StageId } from '../../lib/ids.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import { createTable } from '../../lib/storage/table.dynamodb.ts'
import { createPresentStore } from '../../lib/sweep/present-store.dynamodb.ts'
import { microsOf } from '../../lib/time.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { expectProblem } from '../support/problem.ts'

const COUNT = 5
const SESSION = 'st-1'
const lists: Readonly<Record<string, string>> = {
  'GET /v1/stages': '',
  'GET /v1/stages/{stageId}/members': 'members',
  'GET /v1/stages/{stageId}/bans': 'bans',
  'GET /v1/stages/{stageId}/audit': 'audit',
  'GET /v1/stages/{stageId}/sessions': 'sessions',
  'GET /v1/stages/{stageId}/sessions/{sessionId}/events': `sessions/${SESSION}/events`,
  'GET /v1/stages/{stageId}/participants': 'participants?audience=all',
}
const names = Object.keys(lists)

let app: App
let admin: User
let stageId: string
beforeAll(async () => {
  app = await startApp()
  admin = await app.admin()
  for (let n = 0; n < COUNT - 1; n++) stageId = await app.stage()
  const users = Array.from({ length: COUNT }, (_, n) => `user${n}`)
  for (const user of users) await admin.call('PUT', `/v1/stages/${stageId}/members/${user}`, { role: 'viewer' })
  for (const user of users) await admin.call('PUT', `/v1/stages/${stageId}/bans/${user}`)
  await history(users)
}, 60_000)
afterAll(() => app.stop())

/** As events and sweeps would have left it: two pages of a sweep, the first of which is the longer one. */
async function history(users: readonly string[]): Promise<void> {
  const { dynamodb } = adminClients(app.info)
  const table = createTable(dynamodb, String(app.info.table))
  const stage = await createStageStore(table).get(stageId as StageId)
  if (stage === undefined) throw new Error('the stage is not there')
  const store = createHistoryStore(table)
  const now = Date.now()
  for (const [n] of users.entries()) {
    const at = microsOf(now - n * 60_000)
    await store.noteSession(stage.uid, { sessionId: `st-${n}`, startedAt: at }, 3600)
    await store.append(stage.uid, SESSION, { at, name: 'published', participantId: `p${n}` }, 3600)
  }
  const people = users.map((_, n) => ({ participantId: `p${n}` as ParticipantId }))
  await createPresentStore(table).replace({ stageUid: stage.uid, generation: stage.generation.number }, [
    { at: now, people: people.slice(0, 3), next: 1 },
    { at: now, people: people.slice(3) },
  ])
}

const read = (name: string, query: Readonly<Record<string, string>> = {}) => {
  const path = lists[name] === '' ? '/v1/stages' : `/v1/stages/${stageId}/${lists[name]}`
  const text = new URLSearchParams(query).toString()
  return admin.call('GET', `${path}${path.includes('?') ? '&' : '?'}${text}`)
}

async function pagesOf(name: string, limit: string) {
  const pages: { items: unknown[]; nextCursor?: string }[] = []
  let cursor: string | undefined
  do {
    const { status, body } = await read(name, { limit, ...(cursor !== undefined && { cursor }) })
    expect(status).toBe(200)
    pages.push(body)
    cursor = body.nextCursor
  } while (cursor !== undefined)
  return pages
}

it('are all of the contract’s', () => {
  const paged = OPERATIONS.filter(({ query }) => query?.safeParse({ cursor: 'x', audience: 'all' }).success)
  const more = OPERATIONS.filter(({ query }) => query?.safeParse({ cursor: 'x' }).success)
  expect([...new Set([...paged, ...more].map(routeKeyOf))].sort()).toEqual(names.toSorted())
})

describe.each(names)('%s', (name) => {
  it.each(['1', '2', '100'])('shows each once, %s at a time', async (limit) => {
    const pages = await pagesOf(name, limit)
    const items = pages.flatMap((page) => page.items)
    expect(Math.max(...pages.map((page) => page.items.length))).toBeLessThanOrEqual(Number(limit))
    expect(items.length).toBeGreaterThanOrEqual(COUNT)
    expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(items.length)
  })

  it('takes no other list’s cursor for more than a place of its own, and nobody’s invention', async () => {
    const foreign = await Promise.all(names.map(async (other) => (await pagesOf(other, '1'))[0]?.nextCursor))
    const invented = ['', 'zzz', 'at#9', 'id#st-1', '9#', `${'9'.repeat(13)}#~`, 0, -1, 1001, null, [], {}, [1, 2]]
    const odd = [{ page: 0, shown: -1 }, { page: 1.5, shown: 0 }, { page: 7, shown: 100 }, { page: 0 }]
    const cursors = [...foreign, ...[...invented, ...odd].map(encodeCursor), 'garbage', '!', 'x'.repeat(2000)]
    expect(cursors).not.toContain(undefined)
    for (const cursor of cursors) {
      const reply = await read(name, { cursor: String(cursor) })
      if (reply.status === 200) expect(reply.body.items.length).toBeLessThanOrEqual(2 * COUNT)
      else expect([cursor, reply.status, reply.body.code]).toEqual([cursor, 400, 'invalid_cursor'])
    }
  })

  it.each(['0', '101', '-1', '1e2', '1.5', '', '01', '9'.repeat(30)])('takes no limit of "%s"', async (limit) => {
    const errors = [expect.objectContaining({ pointer: '#query/limit' })]
    expectProblem(await read(name, { limit }), 400, 'invalid_request', { errors })
  })
})

it.each(['limit', 'cursor'])('publishers come whole: a %s of them is refused, not ignored', async (field) => {
  const reply = await admin.call('GET', `/v1/stages/${stageId}/participants?${field}=1`)
  const errors = [expect.objectContaining({ pointer: `#query/${field}`, code: 'not_allowed' })]
  expectProblem(reply, 400, 'invalid_request', { errors })
})
