import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Reply, startApp, type User } from '../support/app.ts'
import { expectProblem } from '../support/problem.ts'
import { spentBy } from '../support/spent.ts'
import { until } from '../support/until.ts'

let app: App
let moderator: User
beforeAll(async () => {
  app = await startApp()
  moderator = await app.user('mo', { roles: ['moderator'] })
}, 60_000)
afterAll(() => app.stop())

const path = (stageId: string) => `/v1/stages/${stageId}/participants`
const read = (user: User, stageId: string, tag?: string): Promise<Reply> =>
  user.call('GET', path(stageId), undefined, tag === undefined ? {} : { 'if-none-match': tag })

async function publishing(stageId: string, sub: string): Promise<string> {
  const { participantId, token } = (await (await app.user(sub)).join(stageId)).body
  await app.enter(token)
  await app.local('POST', '/stage/publish', { participantId })
  return participantId
}

describe('a page that polls the roster', () => {
  it('is told nothing new by a 304 until somebody publishes, and then by another tag', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await app.user('ada')
    const empty = await read(ada, stageId)
    expect(empty).toMatchObject({ status: 200, body: { items: [], version: 0 } })
    const tag = String(empty.headers.get('etag'))
    const same = await read(ada, stageId, tag)
    expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, undefined, tag])
    const id = await publishing(stageId, 'bob')
    const next = await until(async () => {
      const reply = await read(ada, stageId, tag)
      return reply.status === 200 && reply
    })
    expect(next.body).toMatchObject({ items: [{ participantId: id, userId: 'bob', publishing: true }], version: 1 })
    expect(next.headers.get('etag')).not.toBe(tag)
    expect(Date.parse(next.body.asOf)).toBeGreaterThanOrEqual(Date.parse(next.body.items[0].publishedAt))
    expect((await read(ada, stageId, `"other", ${next.headers.get('etag')}`)).status).toBe(304)
  })

  it('costs reads alone, and no call of IVS', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { reads, writes, ivs } = await spentBy(app, 'roster', () => read(ada, stageId))
    expect(reads).toBeLessThanOrEqual(3)
    expect([writes, ivs]).toEqual([0, 0])
  })

  it('takes a current right', async () => {
    const stageId = await app.stage({ access: 'members' })
    expectProblem(await read(await app.user('ada'), stageId), 403, 'not_a_member')
    const open = await app.stage()
    await moderator.call('PUT', `/v1/stages/${open}/bans/eve`)
    expectProblem(await read(await app.user('eve'), open), 403, 'banned')
    expect((await read(await app.admin(), stageId)).status).toBe(200)
  })

  it('shows everyone connected to moderators alone', async () => {
    const stageId = await app.stage()
    const all = (user: User) => user.call('GET', `${path(stageId)}?audience=all`)
    expectProblem(await all(await app.user('ada')), 403, 'not_a_moderator')
    expect(await all(moderator)).toMatchObject({ status: 200, body: { items: [] } })
    for (const rest of ['sessions', 'sessions/st-1/events'])
      expectProblem(await moderator.call('GET', `/v1/stages/${stageId}/${rest}`), 403, 'not_an_admin')
  })
})

it('a flood of moderation that is refused writes nothing', async () => {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  await publishing(stageId, 'ada')
  const [bob, hana] = [await app.user('bob'), await app.user('hana', { roles: ['host'] })]
  await hana.join(stageId)
  const at = (rest: string) => `/v1/stages/${stageId}/${rest}`
  const spent = await spentBy(app, 'moderation', async () => {
    for (const [actor, whom, code] of [
      [bob, 'ada', 'not_a_moderator'],
      [moderator, 'hana', 'outranked'],
    ] as const) {
      expectProblem(await actor.call('PUT', at(`bans/${whom}`)), 403, code)
      expectProblem(await actor.call('DELETE', at(`bans/${whom}`)), 403, code)
      expectProblem(await actor.call('POST', at(`members/${whom}/kick`)), 403, code)
      expectProblem(await actor.call('PUT', at(`members/${whom}`), { role: 'viewer' }), 403, code)
      expectProblem(await actor.call('DELETE', at(`members/${whom}`)), 403, code)
    }
  })
  expect(spent).toMatchObject({ writes: 0, writeUnits: 0, ivs: 0 })
  expect(spent.reads).toBeGreaterThan(0)
  expect((await moderator.call('GET', at('audit'))).body.items).toEqual([])
})
