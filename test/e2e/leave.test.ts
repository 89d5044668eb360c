import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, startApp } from '../support/app.ts'
import { expectProblem } from '../support/problem.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const participant = (stageId: string, id: string) => `/v1/stages/${stageId}/participants/${id}`

it('ends the participant, and once more is harmless', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const { body } = await ada.join(stageId)
  const path = participant(stageId, body.participantId)
  for (const attempt of ['the first', 'the second']) {
    const left = await ada.call('DELETE', path)
    expect([left.status, left.body], attempt).toEqual([204, undefined])
    expect(left.headers.get('x-request-id')).toBeTruthy()
  }
  expectProblem(await ada.call('POST', `${path}/token`), 409, 'participant_ended', { reason: 'left' })
})

it('puts a publisher off the stage, and their seat is free at once', async () => {
  const stageId = await app.stage({ seats: 1, defaultRole: 'speaker' })
  const [ada, bob] = [await app.user('ada'), await app.user('bob')]
  const { body } = await ada.join(stageId)
  await app.enter(body.token)
  await app.local('POST', '/stage/publish', { participantId: body.participantId })
  expectProblem(await bob.join(stageId), 409, 'publisher_seats_full')
  expect((await ada.call('DELETE', participant(stageId, body.participantId))).status).toBe(204)
  const back = await app.enter(body.token)
  expect(back.body.code).toBe('PARTICIPANT_DISCONNECTED')
  expect((await bob.join(stageId)).status).toBe(201)
})

it('leaves a subscriber’s other tab alone', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const [one, other] = [await ada.join(stageId), await ada.join(stageId)]
  await ada.call('DELETE', participant(stageId, one.body.participantId))
  const refreshed = await ada.call('POST', `${participant(stageId, other.body.participantId)}/token`)
  expect(refreshed.status).toBe(201)
})

it('knows nobody else’s participant, nor one that never was', async () => {
  const stageId = await app.stage()
  const { body } = await (await app.user('ada')).join(stageId)
  const bob = await app.user('bob')
  expectProblem(await bob.call('DELETE', participant(stageId, body.participantId)), 404, 'participant_not_found')
  expectProblem(await bob.call('DELETE', participant(stageId, 'nobody')), 404, 'participant_not_found')
  expectProblem(await bob.call('DELETE', participant('nowhere-at-all', 'nobody')), 404, 'stage_not_found')
})

it('still works for whoever may not join any more', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const { body } = await ada.join(stageId)
  await (await app.admin()).call('PATCH', `/v1/stages/${stageId}`, { access: 'members' })
  await app.advance(6)
  expect((await ada.call('DELETE', participant(stageId, body.participantId))).status).toBe(204)
})
