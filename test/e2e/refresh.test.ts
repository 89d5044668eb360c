import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp, type User } from '../support/app.ts'
import { expectProblem } from '../support/problem.ts'
import { type Standing, standingIn } from '../support/standing.ts'

let app: App
let standing: Standing
beforeAll(async () => {
  app = await startApp()
  standing = standingIn(app)
})
afterAll(() => app.stop())

type Lifetime = { iat: number; exp: number }

const refresh = (user: User, stageId: string, participantId: string, body?: unknown) =>
  user.call('POST', `/v1/stages/${stageId}/participants/${participantId}/token`, body)
const exchange = (participantId: string, token: string) =>
  app.request('POST', '/_local/stage/exchange', { body: { participantId, token } })

describe('a refreshed token', () => {
  it('is another one for the same participant, which IVS exchanges', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await app.user('ada')
    const { body: first } = await ada.join(stageId, { attributes: { displayName: 'Ada' } })
    await app.enter(first.token)
    await app.advance(3600)
    const refreshed = await refresh(ada, stageId, first.participantId)
    expect(refreshed.status).toBe(201)
    expect(refreshed.headers.get('cache-control')).toBe('no-store')
    const { token: _, expirationTime: __, serverTime: ___, ...same } = first
    expect(refreshed.body).toMatchObject(same)
    expect(Object.keys(refreshed.body).sort()).toEqual(Object.keys(first).sort())
    const [old, next] = [decodeJwt<Lifetime>(first.token), decodeJwt<Lifetime>(refreshed.body.token)]
    expect(next.exp - old.exp).toBeGreaterThanOrEqual(3600)
    const { exp: _exp, iat: _iat, ...frozen } = old
    expect(next).toMatchObject(frozen)
    expect(await exchange(first.participantId, refreshed.body.token)).toMatchObject({
      status: 200,
      body: { participantId: first.participantId },
    })
  })

  it('lets a participant stay whose first token has expired meanwhile', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { body: first } = await ada.join(stageId, { duration: 30 })
    await app.enter(first.token)
    await app.advance(25 * 60)
    const second = await refresh(ada, stageId, first.participantId)
    await app.advance(25 * 60)
    expect((await exchange(first.participantId, second.body.token)).status).toBe(200)
    const stale = await app.enter(first.token)
    expect(stale.body.code).toBe('TOKEN_EXPIRED')
  })

  it('takes a duration, attributes and capabilities within the right', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await app.user('ada')
    const { body: first } = await ada.join(stageId, { attributes: { displayName: 'Ada' } })
    const request = { duration: 5, attributes: { displayName: 'Ada L.' }, capabilities: ['SUBSCRIBE'] }
    const narrowed = await refresh(ada, stageId, first.participantId, request)
    expect(narrowed.body).toMatchObject({
      duration: 5,
      expiresIn: 300,
      capabilities: ['SUBSCRIBE'],
      attributes: { displayName: 'Ada L.', role: 'speaker' },
    })
    await app.advance(6)
    const kept = await refresh(ada, stageId, first.participantId)
    expect(kept.body, 'what was narrowed stays narrow').toMatchObject({
      capabilities: ['SUBSCRIBE'],
      attributes: { displayName: 'Ada L.', role: 'speaker' },
    })
    await app.advance(6)
    const wide = await refresh(ada, stageId, first.participantId, { capabilities: ['PUBLISH', 'SUBSCRIBE'] })
    expect(wide.body).toMatchObject({ capabilities: ['PUBLISH', 'SUBSCRIBE'] })
  })

  it('follows a changed role: a seat is freed by a demotion, and needed for a promotion', async () => {
    const stageId = await app.stage({ seats: 1, defaultRole: 'speaker' })
    const [ada, bob] = [await app.user('ada'), await app.user('bob')]
    const { body: hers } = await ada.join(stageId)
    const { body: his } = await bob.join(stageId, { role: 'viewer' })
    await standing.assign(stageId, 'ada', 'viewer')
    const demoted = await refresh(ada, stageId, hers.participantId)
    expect(demoted.body).toMatchObject({ role: 'viewer', capabilities: ['SUBSCRIBE'], attributes: { role: 'viewer' } })
    expect((await (await app.user('cy')).join(stageId)).status, 'her seat').toBe(201)
    await standing.assign(stageId, 'ada', 'speaker')
    await app.advance(6)
    expectProblem(await refresh(ada, stageId, hers.participantId), 409, 'publisher_seats_full')
    expect((await refresh(bob, stageId, his.participantId)).body).toMatchObject({ role: 'viewer' })
  })
})

describe('is refused', () => {
  it.each([
    ['a capability beyond the right', { capabilities: ['PUBLISH'] }, 403, 'capability_not_allowed', {}],
    [
      'a field a join has and a refresh has not',
      { role: 'viewer' },
      400,
      'invalid_request',
      { errors: expect.any(Array) },
    ],
    [
      'an attribute of the server',
      { attributes: { role: 'x' } },
      400,
      'invalid_request',
      { errors: expect.any(Array) },
    ],
  ])('%s', async (_, body, status, code, more) => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const joined = await ada.join(stageId)
    expectProblem(await refresh(ada, stageId, joined.body.participantId, body), status, code, more)
  })

  it('another user’s participant, as if there were none', async () => {
    const stageId = await app.stage()
    const { body } = await (await app.user('ada')).join(stageId)
    const bob = await app.user('bob')
    expectProblem(await refresh(bob, stageId, body.participantId), 404, 'participant_not_found')
    expectProblem(await refresh(bob, stageId, 'nobody'), 404, 'participant_not_found')
    expectProblem(await refresh(bob, 'nowhere-at-all', 'nobody'), 404, 'stage_not_found')
  })

  it('one after another within seconds', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { body } = await ada.join(stageId)
    expect((await refresh(ada, stageId, body.participantId)).status).toBe(201)
    const refused = await refresh(ada, stageId, body.participantId)
    expectProblem(refused, 429, 'rate_limited', { retryAfter: expect.any(Number) })
    await app.advance(refused.body.retryAfter)
    expect((await refresh(ada, stageId, body.participantId)).status).toBe(201)
  })

  it('a participant that lapsed', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { body } = await ada.join(stageId, { duration: 1 })
    await app.advance(61)
    expectProblem(await refresh(ada, stageId, body.participantId), 409, 'participant_ended', { reason: 'lapsed' })
  })

  it('a user who is banned by now, or no member any more', async () => {
    const stageId = await app.stage()
    const [ada, bob] = [await app.user('ada'), await app.user('bob')]
    const hers = await ada.join(stageId)
    const his = await bob.join(stageId)
    await standing.ban(stageId, 'ada')
    expectProblem(await refresh(ada, stageId, hers.body.participantId), 403, 'banned')
    await (await app.admin()).call('PATCH', `/v1/stages/${stageId}`, { access: 'members' })
    await app.advance(6)
    expectProblem(await refresh(bob, stageId, his.body.participantId), 403, 'not_a_member')
  })

  it('whoever was there before a reset', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const { body } = await ada.join(stageId)
    expect((await (await app.admin()).call('POST', `/v1/stages/${stageId}/reset`)).status).toBe(200)
    expectProblem(await refresh(ada, stageId, body.participantId), 409, 'participant_ended', { reason: 'lapsed' })
  })
})

it('gets no one in after a reset, even from a Lambda that has not heard of it yet', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const [one, other] = [await ada.join(stageId), await ada.join(stageId)]
  await refresh(ada, stageId, one.body.participantId)
  await (await app.admin()).call('POST', `/v1/stages/${stageId}/reset`)
  const refreshed = await refresh(ada, stageId, other.body.participantId)
  expect(refreshed.status, 'the stage is remembered for five seconds').toBe(201)
  const refused = await app.enter(refreshed.body.token)
  expect(refused.body.code).toBe('STAGE_DELETED')
})
