import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp, type User } from '../support/app.ts'
import { expectProblem } from '../support/problem.ts'
import { toldDuring } from '../support/told.ts'
import { until, untilLater } from '../support/until.ts'

let app: App
let host: User
let moderator: User
beforeAll(async () => {
  app = await startApp()
  host = await app.user('holly', { roles: ['host'] })
  moderator = await app.user('mo', { roles: ['moderator'] })
}, 60_000)
afterAll(() => app.stop())

const BUS = 'stagedoor-local'
const at = (stageId: string, rest: string) => `/v1/stages/${stageId}/${rest}`

/** A user on a stage: joined through us, and in IVS's eyes connected. */
async function entered(stageId: string, user: User, body: object = {}) {
  const joined = await user.join(stageId, body)
  expect(joined.status).toBe(201)
  await app.enter(joined.body.token)
  return { id: joined.body.participantId as string, token: joined.body.token as string }
}

const publish = (participantId: string) => app.local('POST', '/stage/publish', { participantId })
const isIn = async (token: string): Promise<boolean> => (await app.enter(token)).status === 200
type Act = { readonly action: string }
const auditOf = async (stageId: string) => (await moderator.call('GET', at(stageId, 'audit'))).body.items

describe('a ban', () => {
  it('is refused at join and refresh from the next request on, and puts every device out', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const one = await entered(stageId, ada)
    const unused = (await ada.join(stageId)).body
    const told = await toldDuring(
      app,
      async () => {
        const banned = await moderator.call('PUT', at(stageId, 'bans/ada'), { reason: 'spam' })
        expect(banned).toMatchObject({ status: 201, body: { userId: 'ada', by: 'mo', reason: 'spam' } })
        const { disconnected, pending } = banned.body
        expect([...disconnected, ...pending].sort()).toEqual([one.id, unused.participantId].sort())
        expectProblem(await ada.join(stageId), 403, 'banned')
        expectProblem(await ada.call('POST', at(stageId, `participants/${one.id}/token`)), 403, 'banned')
        await until(async () => !(await isIn(one.token)))
      },
      BUS,
    )
    expect(told.map(({ event }) => event['detail-type'])).toContain('user.banned')
    expect(JSON.stringify(told)).not.toContain(one.token)
    expect((await moderator.call('GET', at(stageId, 'bans'))).body.items).toMatchObject([{ userId: 'ada' }])
    expect(await auditOf(stageId)).toContainEqual(
      expect.objectContaining({ action: 'banned', by: 'mo', userId: 'ada' }),
    )
  })

  it('watches for a token that nobody used yet, however often it is told, and puts out whoever comes with it', async () => {
    const stageId = await app.stage()
    const unused = (await (await app.user('ada')).join(stageId)).body
    for (const _ of '12') await moderator.call('PUT', at(stageId, 'bans/ada'))
    const ended = async () => (await auditOf(stageId)).filter(({ action }: Act) => action === 'disconnected').length
    await until(async () => (await ended()) === 2)
    expect((await app.enter(unused.token)).status).toBe(200)
    await untilLater(app, 5, async () => (await ended()) > 2)
    expect(await isIn(unused.token)).toBe(false)
  })

  it('lifted lets the user in anew, and nothing of before', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { id } = await entered(stageId, ada)
    for (const status of [201, 200]) expect((await moderator.call('PUT', at(stageId, 'bans/ada'))).status).toBe(status)
    for (let i = 0; i < 2; i++) expect((await moderator.call('DELETE', at(stageId, 'bans/ada'))).status).toBe(204)
    expectProblem(await ada.call('POST', at(stageId, `participants/${id}/token`)), 409, 'participant_ended', {
      reason: 'banned',
    })
    expect((await ada.join(stageId)).status).toBe(201)
    expect((await moderator.call('GET', at(stageId, 'bans'))).body).toEqual({ items: [] })
  })

  it('that has an end says so, and ends by itself', async () => {
    const stageId = await app.stage()
    const { now } = await app.local<{ now: string }>('GET', '/clock')
    const until = new Date(Math.ceil(Date.parse(now) / 1000) * 1000 + 600_000).toISOString()
    await moderator.call('PUT', at(stageId, 'bans/eve'), { until })
    expectProblem(await (await app.user('eve')).join(stageId), 403, 'banned', { until })
    await app.advance(601)
    expect((await (await app.user('eve')).join(stageId)).status).toBe(201)
  })
})

describe('a kick', () => {
  it('puts a user out of all slots, who may come back with a new participant', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await app.user('ada')
    const camera = await entered(stageId, ada)
    const screen = await entered(stageId, ada, { slot: 'screen' })
    await publish(camera.id)
    const kicked = await moderator.call('POST', at(stageId, 'members/ada/kick'), { reason: 'noise' })
    expect(kicked.status).toBe(200)
    expect([...kicked.body.disconnected, ...kicked.body.pending].sort()).toEqual([camera.id, screen.id].sort())
    for (const { token } of [camera, screen]) await until(async () => !(await isIn(token)))
    const again = await entered(stageId, ada)
    expect(again.id).not.toBe(camera.id)
  })

  it('with a cool-down keeps them out for so long', async () => {
    const stageId = await app.stage()
    await entered(stageId, await app.user('ada'))
    await moderator.call('POST', at(stageId, 'members/ada/kick'), { cooldownSeconds: 300 })
    const until = expect.stringMatching(/Z$/)
    expectProblem(await (await app.user('ada')).join(stageId), 403, 'banned', { until })
    await app.advance(301)
    expect((await (await app.user('ada')).join(stageId)).status).toBe(201)
  })

  it('of somebody unknown finds nobody', async () => {
    const stageId = await app.stage()
    expectProblem(await moderator.call('POST', at(stageId, 'members/nobody/kick')), 404, 'user_not_found')
  })
})

describe('promote and demote', () => {
  it('raises at once: the next token may publish', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { id } = await entered(stageId, ada)
    const promoted = await host.call('PUT', at(stageId, 'members/ada'), { role: 'speaker' })
    expect(promoted).toMatchObject({ status: 201, body: { userId: 'ada', role: 'speaker', by: 'holly' } })
    const refreshed = await ada.call('POST', at(stageId, `participants/${id}/token`))
    expect(refreshed.body).toMatchObject({ role: 'speaker', capabilities: ['PUBLISH', 'SUBSCRIBE'], participantId: id })
    expect((await moderator.call('GET', at(stageId, 'members'))).body.items).toMatchObject([
      { userId: 'ada', role: 'speaker' },
    ])
  })

  it('lowers at once: whoever obeys stays, and whoever does not is off after the deadline', async () => {
    const stageId = await app.stage()
    const [good, bad] = [await app.user('good'), await app.user('bad')]
    for (const { userId } of [good, bad]) await host.call('PUT', at(stageId, `members/${userId}`), { role: 'speaker' })
    const [obeys, ignores] = [await entered(stageId, good), await entered(stageId, bad)]
    for (const { id } of [obeys, ignores]) await publish(id)
    for (const { userId } of [good, bad]) {
      const demoted = await host.call('PUT', at(stageId, `members/${userId}`), { role: 'viewer', deadlineSeconds: 30 })
      expect(demoted.status).toBe(200)
    }
    const refreshed = await good.call('POST', at(stageId, `participants/${obeys.id}/token`))
    expect(refreshed.body).toMatchObject({ role: 'viewer', capabilities: ['SUBSCRIBE'] })
    await app.local('POST', '/stage/exchange', { participantId: obeys.id, token: refreshed.body.token })
    await app.advance(31)
    await until(async () => !(await isIn(ignores.token)))
    const reason = { reason: 'demoted' }
    expectProblem(
      await bad.call('POST', at(stageId, `participants/${ignores.id}/token`)),
      409,
      'participant_ended',
      reason,
    )
    await app.advance(31)
    expect((await good.call('POST', at(stageId, `participants/${obeys.id}/token`))).status).toBe(201)
  })

  it('ends whoever has no right left', async () => {
    const stageId = await app.stage({ access: 'members' })
    await host.call('PUT', at(stageId, 'members/ada'), { role: 'viewer' })
    const ada = await app.user('ada')
    const { token } = await entered(stageId, ada)
    expect((await host.call('DELETE', at(stageId, 'members/ada'))).status).toBe(204)
    expectProblem(await ada.join(stageId), 403, 'not_a_member')
    await until(async () => !(await isIn(token)))
    expect(await auditOf(stageId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'role_removed', previousRole: 'viewer', by: 'holly' }),
        expect.objectContaining({ action: 'role_assigned', role: 'viewer', by: 'holly' }),
      ]),
    )
  })
})

describe('who may do what to whom', () => {
  it.each<[string, string, string, object, string]>([
    ['a viewer', 'viewer', 'PUT bans/ada', {}, 'not_a_moderator'],
    ['a speaker', 'speaker', 'POST members/ada/kick', {}, 'not_a_moderator'],
    ['a moderator, of a host', 'moderator', 'PUT bans/hana', {}, 'outranked'],
    [
      'a moderator, who gives more than they have',
      'moderator',
      'PUT members/ada',
      { role: 'host' },
      'role_not_allowed',
    ],
    ['a moderator, of themselves', 'moderator', 'PUT members/actor', { role: 'viewer' }, 'outranked'],
    ['a host, of a host', 'host', 'DELETE members/hana', {}, 'outranked'],
  ])('refuses %s', async (_, role, route, body, code) => {
    const stageId = await app.stage()
    await entered(stageId, await app.user('ada'))
    await entered(stageId, await app.user('hana', { roles: ['host'] }))
    const actor = await app.user('actor', { roles: [role] })
    const [method = '', rest = ''] = route.split(' ')
    expectProblem(await actor.call(method, at(stageId, rest), body), 403, code)
  })

  it.each<[string, string, string, unknown, string]>([
    ['no role', 'PUT', 'members/ada', {}, '/role'],
    ['a role that is not there', 'PUT', 'members/ada', { role: 'ghost' }, '/role'],
    ['too short a deadline', 'PUT', 'members/ada', { role: 'viewer', deadlineSeconds: 4 }, '/deadlineSeconds'],
    ['a reason too long', 'PUT', 'bans/ada', { reason: 'x'.repeat(129) }, '/reason'],
    ['an end in the past', 'PUT', 'bans/ada', { until: '2020-01-01T00:00:00Z' }, '/until'],
    ['an endless cool-down', 'POST', 'members/ada/kick', { cooldownSeconds: 86_401 }, '/cooldownSeconds'],
    ['a field nobody knows', 'POST', 'members/ada/kick', { forever: true }, '/forever'],
    ['a range that is none', 'GET', 'audit?from=yesterday', undefined, '#query/from'],
    ['no user to explain', 'GET', 'explain', undefined, '#query/userId'],
  ])('refuses %s', async (_, method, rest, body, pointer) => {
    const stageId = await app.stage()
    const answer = await (await app.admin()).call(method, at(stageId, rest), body)
    expectProblem(answer, 400, 'invalid_request', { errors: [expect.objectContaining({ pointer })] })
  })
})

describe('looking', () => {
  it('explains a user with the age of what is known, and a login before anybody has it', async () => {
    const stageId = await app.stage()
    await entered(stageId, await app.user('hana', { roles: ['host'] }))
    await app.advance(60)
    const explained = await moderator.call('GET', at(stageId, 'explain?userId=hana'))
    expect(explained).toMatchObject({
      status: 200,
      body: { decision: 'granted', right: { role: 'host', source: 'login_group' }, facts: { login: { role: 'host' } } },
    })
    expect(explained.body.facts.login.ageSeconds).toBeGreaterThanOrEqual(60)
    const { exp, ...claims } = JSON.parse(Buffer.from(host.login.split('.')[1] ?? '', 'base64url').toString())
    const admin = await app.admin()
    const asked = (more: object) => admin.call('POST', at(stageId, 'explain'), { claims: { ...claims, ...more } })
    expect((await asked({ exp: exp + 86_400, sub: 'newcomer' })).body).toMatchObject({
      userId: 'newcomer',
      rule: 'granted',
    })
    expect((await asked({ exp: 1 })).body).toMatchObject({ decision: 'refused', rule: 'login', code: 'login_expired' })
    expectProblem(await moderator.call('POST', at(stageId, 'explain'), { claims: {} }), 403, 'not_an_admin')
  })

  it('pages through members and the audit', async () => {
    const stageId = await app.stage()
    const admin = await app.admin()
    for (const id of ['a', 'b', 'c']) await admin.call('PUT', at(stageId, `members/${id}`), { role: 'viewer' })
    for (const list of ['members', 'audit']) {
      const first = (await moderator.call('GET', at(stageId, `${list}?limit=2`))).body
      const second = (await moderator.call('GET', at(stageId, `${list}?limit=2&cursor=${first.nextCursor}`))).body
      expect(new Set([...first.items, ...second.items].map(({ userId }) => userId))).toEqual(new Set(['a', 'b', 'c']))
      expect(second.nextCursor).toBeUndefined()
    }
    const errors = [expect.objectContaining({ pointer: '#query/cursor' })]
    expectProblem(await moderator.call('GET', at(stageId, 'audit?cursor=nonsense')), 400, 'invalid_cursor', { errors })
  })
})
