import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, startApp } from '../support/app.ts'
import { expectProblem } from '../support/problem.ts'

let app: App
beforeAll(async () => {
  app = await startApp({ env: { TOKEN_MODE: 'ivs' } })
})
afterAll(() => app.stop())

const key = { 'idempotency-key': 'try-1' }

it('vends a token that IVS made and cannot exchange', async () => {
  const stageId = await app.stage()
  const joined = await (await app.user('ada')).join(stageId, { attributes: { displayName: 'Ada' } })
  expect(joined.status).toBe(201)
  expect(joined.headers.get('cache-control')).toBe('no-store')
  expect(joined.body).toMatchObject({
    stageId,
    userId: 'ada',
    role: 'viewer',
    slot: 'main',
    capabilities: ['SUBSCRIBE'],
    attributes: { displayName: 'Ada', role: 'viewer' },
    duration: 720,
    exchangeable: false,
  })
  const entered = await app.enter(joined.body.token)
  expect(entered).toMatchObject({ status: 200, body: { participantId: joined.body.participantId } })
})

it('has no refresh: the client joins again', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const { body } = await ada.join(stageId)
  const path = `/v1/stages/${stageId}/participants/${body.participantId}/token`
  expectProblem(await ada.call('POST', path), 409, 'exchange_unsupported')
  expectProblem(await ada.call('POST', path, { duration: 5 }), 409, 'exchange_unsupported')
  expect((await ada.join(stageId)).status).toBe(201)
})

it('takes a seat for a publisher, and leaving gives it back', async () => {
  const stageId = await app.stage({ seats: 1, defaultRole: 'speaker' })
  const [ada, bob] = [await app.user('ada'), await app.user('bob')]
  const { body } = await ada.join(stageId)
  await app.enter(body.token)
  await app.local('POST', '/stage/publish', { participantId: body.participantId })
  expectProblem(await bob.join(stageId), 409, 'publisher_seats_full')
  const left = await ada.call('DELETE', `/v1/stages/${stageId}/participants/${body.participantId}`)
  expect(left.status).toBe(204)
  const back = await app.enter(body.token)
  expect(back.body.code).toBe('PARTICIPANT_DISCONNECTED')
  expect((await bob.join(stageId)).status).toBe(201)
})

it('counts sessions and mints as ever', async () => {
  const ada = await app.user('ada')
  const stageId = await app.stage({ sessionPolicy: { mode: 'reject' } })
  expect((await ada.join(stageId)).status).toBe(201)
  expectProblem(await ada.join(stageId), 409, 'session_conflict')
})

it('makes two participants of two joins, with a key or without', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const first = await ada.join(stageId, {}, key)
  const again = await ada.join(stageId, {}, key)
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.body.participantId).not.toBe(first.body.participantId)
  expect(again.headers.has('idempotency-replayed')).toBe(false)
})

it('leaves nothing that counts where IVS makes no token', async () => {
  const stageId = await app.stage({ seats: 1, defaultRole: 'speaker', sessionPolicy: { mode: 'reject' } })
  const ada = await app.user('ada')
  await app.local('POST', '/faults', { target: 'ivs', operation: 'CreateParticipantToken', mode: 'throttle' })
  const refused = await ada.join(stageId)
  expectProblem(refused, 503, 'quota_backoff', { retryAfter: expect.any(Number) })
  expect(refused.body.retryable).toBe(true)
  await app.local('DELETE', '/faults')
  expect((await ada.join(stageId)).status).toBe(201)
})
