import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../support/app.ts'
import { expectProblem } from '../support/problem.ts'
import { type Standing, standingIn } from '../support/standing.ts'
import { until } from '../support/until.ts'

let app: App
let standing: Standing
beforeAll(async () => {
  app = await startApp()
  standing = standingIn(app)
})
afterAll(() => app.stop())

type Lifetime = { iat: number; exp: number }

describe('the answer', () => {
  it('says everything about the participant, and IVS finds the same in the token', async () => {
    const stageId = await app.stage()
    const joined = await (await app.user('ada')).join(stageId, { duration: 30, attributes: { displayName: 'Ada' } })
    expect(joined.status).toBe(201)
    expect(joined.headers.get('content-type')).toBe('application/json')
    expect(joined.headers.get('cache-control')).toBe('no-store')
    expect(joined.headers.get('x-request-id')).toBeTruthy()
    expect(joined.headers.has('idempotency-replayed')).toBe(false)
    expect(joined.body).toEqual({
      stageId,
      participantId: expect.stringMatching(/^[A-Za-z0-9]{1,64}$/),
      userId: 'ada',
      role: 'viewer',
      slot: 'main',
      capabilities: ['SUBSCRIBE'],
      attributes: { displayName: 'Ada', role: 'viewer' },
      duration: 30,
      token: expect.any(String),
      expirationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      expiresIn: 1800,
      refreshIn: expect.any(Number),
      serverTime: expect.any(String),
      exchangeable: true,
      endpoints: { events: expect.stringMatching(/^wss:/), whip: expect.stringMatching(/^https:/) },
    })
    expect(joined.body.refreshIn).toBeLessThan(1800)
    const claims = decodeJwt<Lifetime>(joined.body.token)
    expect(claims).toMatchObject({
      jti: joined.body.participantId,
      user_id: 'ada',
      capabilities: { allow_subscribe: true },
      attributes: { displayName: 'Ada', role: 'viewer' },
      events_url: joined.body.endpoints.events,
      whip_url: joined.body.endpoints.whip,
    })
    expect(claims.exp - claims.iat).toBe(1800)
    expect(claims.exp).toBe(Date.parse(joined.body.expirationTime) / 1000)
  })

  it('comes without a body too, and with the defaults of the role', async () => {
    const joined = await (await app.user('ada')).join(await app.stage({ defaultRole: 'speaker' }))
    expect(joined.status).toBe(201)
    expect(joined.body).toMatchObject({ role: 'speaker', capabilities: ['PUBLISH', 'SUBSCRIBE'], duration: 180 })
    const accepted = await app.enter(joined.body.token)
    expect(accepted.body).toMatchObject({ participantId: joined.body.participantId })
    await app.local('POST', '/stage/publish', { participantId: joined.body.participantId })
  })
})

describe('what is asked for narrows the right', () => {
  it.each([
    ['a lower role', { role: 'viewer' }, { role: 'viewer', capabilities: ['SUBSCRIBE'] }],
    ['one capability', { capabilities: ['PUBLISH'] }, { role: 'host', capabilities: ['PUBLISH'] }],
    ['a duration beyond the maximum', { duration: 20_160 }, { duration: 720 }],
    ['the other slot', { slot: 'screen' }, { slot: 'screen' }],
  ])('by %s', async (_, request, answer) => {
    const host = await app.user('holly', { stages: { '*': 'host' } })
    const joined = await host.join(await app.stage(), request)
    expect(joined.status).toBe(201)
    expect(joined.body).toMatchObject(answer)
  })

  it.each([
    ['another role', { role: 'speaker' }, 'role_not_allowed'],
    ['a role nobody has', { role: 'emperor' }, 'role_not_allowed'],
    ['another capability', { capabilities: ['PUBLISH', 'SUBSCRIBE'] }, 'capability_not_allowed'],
  ])('and is refused where it widens it by %s', async (_, request, code) => {
    expectProblem(await (await app.user('ada')).join(await app.stage(), request), 403, code)
  })

  it.each([
    ['one of the server’s', { role: 'host' }, '/attributes/role'],
    ['one the role may not set', { 'a/b': 'x' }, '/attributes/a~1b'],
  ])('and attributes are refused where they are %s', async (_, attributes, pointer) => {
    const refused = await (await app.user('ada')).join(await app.stage(), { attributes })
    expectProblem(refused, 400, 'invalid_request', {
      errors: [{ pointer, code: 'attribute_not_settable', detail: expect.any(String) }],
    })
  })
})

describe('the right comes from', () => {
  it.each([
    ['the login’s group', { roles: ['moderator'] }, 'moderator'],
    ['the login’s grant for any stage', { stages: { '*': 'speaker' }, roles: ['moderator'] }, 'speaker'],
    ['the stage, where it is open to all', {}, 'viewer'],
  ])('%s', async (_, login, role) => {
    const joined = await (await app.user('ada', login)).join(await app.stage())
    expect(joined.body).toMatchObject({ role })
  })

  it('the login’s grant for this stage, before that for any', async () => {
    const stageId = await app.stage()
    const joined = await (await app.user('ada', { stages: { [stageId]: 'host', '*': 'viewer' } })).join(stageId)
    expect(joined.body).toMatchObject({ role: 'host' })
  })

  it('the assigned role, before all of them', async () => {
    const stageId = await app.stage({ access: 'members' })
    await standing.assign(stageId, 'mia', 'speaker')
    const joined = await (await app.user('mia', { stages: { '*': 'host' } })).join(stageId)
    expect(joined.body).toMatchObject({ role: 'speaker' })
  })
})

describe('who is refused', () => {
  it('is told why: no member', async () => {
    expectProblem(await (await app.user('ada')).join(await app.stage({ access: 'members' })), 403, 'not_a_member')
  })

  it('is told why: banned, and until when', async () => {
    const stageId = await app.stage()
    const eve = await app.user('eve')
    await standing.ban(stageId, 'eve')
    expectProblem(await eve.join(stageId), 403, 'banned')
    await standing.ban(stageId, 'eve', 3600)
    expectProblem(await eve.join(stageId), 403, 'banned', { until: expect.stringMatching(/Z$/) })
    await app.advance(3601)
    expect((await eve.join(stageId)).status).toBe(201)
  })

  it('is not the host who outranks whoever made the ban', async () => {
    const stageId = await app.stage()
    await standing.ban(stageId, 'holly', undefined, 20)
    expect((await (await app.user('holly', { roles: ['host'] })).join(stageId)).status).toBe(201)
    expectProblem(await (await app.user('holly', { roles: ['speaker'] })).join(stageId), 403, 'banned')
  })

  it('is told why: closed, but not to moderators', async () => {
    const stageId = await app.stage({ access: 'closed' })
    expectProblem(await (await app.user('ada', { roles: ['speaker'] })).join(stageId), 403, 'stage_closed')
    expect((await (await app.user('mo', { roles: ['moderator'] })).join(stageId)).status).toBe(201)
  })

  it('is told why: over, and nobody’s token outlives the end', async () => {
    const { now } = await app.local<{ now: string }>('GET', '/clock')
    const endsAt = `${new Date(Date.parse(now) + 600_000).toISOString().slice(0, 19)}Z`
    const stageId = await app.stage({ endsAt })
    const ada = await app.user('ada')
    const joined = await ada.join(stageId)
    expect(Date.parse(joined.body.expirationTime)).toBeLessThanOrEqual(Date.parse(endsAt))
    await app.advance(601)
    expectProblem(await ada.join(stageId), 403, 'stage_closed')
  })

  it('is told why: there is no such stage', async () => {
    expectProblem(await (await app.user('ada')).join('nowhere-at-all'), 404, 'stage_not_found')
  })

  it('is told why: no login, or one that will not do', async () => {
    const stageId = await app.stage()
    const path = `/v1/stages/${stageId}/join`
    const without = await app.request('POST', path)
    expectProblem(without, 401, 'login_required')
    expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/)
    const expired = await (await app.user('ada', { expiresIn: -60 })).join(stageId)
    expectProblem(expired, 401, 'login_expired')
    expect(expired.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/)
    const foreign = await (await app.user('ada', { claims: { aud: 'another-app' } })).join(stageId)
    expectProblem(foreign, 401, 'login_invalid')
  })
})

describe('how often', () => {
  it('as the session policy allows: three, unless the stage says otherwise', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    for (let tab = 0; tab < 3; tab++) expect((await ada.join(stageId)).status).toBe(201)
    expectProblem(await ada.join(stageId), 409, 'session_conflict')
    expect((await ada.join(stageId, { slot: 'screen' })).status).toBe(201)
    await app.advance(61)
    expect((await ada.join(stageId)).status, 'none of them ever connected').toBe(201)
  })

  it('once, where the older one is replaced: it ends and is put out', async () => {
    const stageId = await app.stage({ sessionPolicy: { mode: 'replace' }, defaultRole: 'speaker' })
    const ada = await app.user('ada')
    const first = await ada.join(stageId)
    await app.enter(first.body.token)
    const second = await ada.join(stageId)
    expect(second.status).toBe(201)
    const path = `/v1/stages/${stageId}/participants/${first.body.participantId}/token`
    expectProblem(await ada.call('POST', path), 409, 'participant_ended', { reason: 'replaced' })
    await until(async () => {
      const back = await app.enter(first.body.token)
      return back.body.code === 'PARTICIPANT_DISCONNECTED'
    })
    expect((await app.enter(second.body.token)).status).toBe(200)
  })

  it('at most ten times a minute', async () => {
    const stageId = await app.stage({ sessionPolicy: { mode: 'replace' } })
    const ada = await app.user('ada')
    for (let mint = 0; mint < 10; mint++) expect((await ada.join(stageId)).status).toBe(201)
    const refused = await ada.join(stageId)
    expectProblem(refused, 429, 'rate_limited', { retryAfter: expect.any(Number) })
    expect(refused.headers.get('retry-after')).toBe(String(refused.body.retryAfter))
    await app.advance(refused.body.retryAfter)
    expect((await ada.join(stageId)).status).toBe(201)
  })

  it('while there is a seat, for whoever publishes', async () => {
    const stageId = await app.stage({ seats: 1, defaultRole: 'speaker' })
    expect((await (await app.user('ada')).join(stageId)).status).toBe(201)
    const bob = await app.user('bob')
    expectProblem(await bob.join(stageId), 409, 'publisher_seats_full')
    expectProblem(await bob.join(stageId), 409, 'publisher_seats_full')
    expect((await bob.join(stageId, { capabilities: ['SUBSCRIBE'] })).status).toBe(201)
  })

  it('and reserved seats are for those who moderate', async () => {
    const stageId = await app.stage({ seats: 2, reservedSeats: 1, defaultRole: 'speaker' })
    expect((await (await app.user('ada')).join(stageId)).status).toBe(201)
    expectProblem(await (await app.user('bob')).join(stageId), 409, 'publisher_seats_full')
    expect((await (await app.user('holly', { roles: ['host'] })).join(stageId)).status).toBe(201)
  })
})

describe('a retry with an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'try-1' }

  it('is the same participant, answered with 200', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const first = await ada.join(stageId, { attributes: { displayName: 'Ada' } }, key)
    await app.advance(5)
    const again = await ada.join(stageId, { attributes: { displayName: 'Ada' } }, key)
    expect(first.status).toBe(201)
    expect(again.status).toBe(200)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('cache-control')).toBe('no-store')
    const { token: _, serverTime: __, expiresIn, refreshIn: ___, ...same } = first.body
    expect(again.body).toMatchObject(same)
    expect(again.body.expiresIn).toBeLessThanOrEqual(expiresIn - 5)
    const { iat, exp } = decodeJwt(first.body.token)
    expect(decodeJwt(again.body.token)).toMatchObject({ iat, exp, jti: first.body.participantId })
    await app.enter(again.body.token)
  })

  it('is another participant for another user, and on another stage', async () => {
    const [one, other] = [await app.stage(), await app.stage()]
    const ada = await app.user('ada')
    const joins = [await ada.join(one, {}, key), await ada.join(other, {}, key)]
    joins.push(await (await app.user('bob')).join(one, {}, key))
    expect(joins.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(joins.map(({ body }) => body.participantId)).size).toBe(3)
  })

  it('is refused for another request', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    await ada.join(stageId, { duration: 10 }, key)
    expectProblem(await ada.join(stageId, { duration: 11 }, key), 409, 'idempotency_conflict')
  })

  it('revives nobody who left', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { body } = await ada.join(stageId, {}, key)
    await ada.call('DELETE', `/v1/stages/${stageId}/participants/${body.participantId}`)
    expectProblem(await ada.join(stageId, {}, key), 409, 'participant_ended', { reason: 'left' })
  })

  it('hides no change of the right', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await app.user('ada')
    await ada.join(stageId, {}, key)
    await standing.assign(stageId, 'ada', 'viewer')
    expectProblem(await ada.join(stageId, {}, key), 409, 'conflict')
    await standing.ban(stageId, 'ada')
    expectProblem(await ada.join(stageId, {}, key), 403, 'banned')
  })

  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(65)],
    ['not visible ASCII', 'a b'],
  ])('takes no key that is %s', async (_, text) => {
    const refused = await (await app.user('ada')).join(await app.stage(), {}, { 'idempotency-key': text })
    expectProblem(refused, 400, 'invalid_request', { errors: [expect.objectContaining({ code: expect.any(String) })] })
  })
})
