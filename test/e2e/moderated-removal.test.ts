import { CreateParticipantTokenCommand } from '@aws-sdk/client-ivs-realtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { expectProblem } from '../support/problem.ts'
import { type Standing, standingIn } from '../support/standing.ts'
import { until } from '../support/until.ts'

let app: App
let standing: Standing
let moderator: User
beforeAll(async () => {
  app = await startApp()
  standing = standingIn(app)
  moderator = await app.user('mo', { roles: ['moderator'] })
})
afterAll(() => app.stop())

const removal = (stageId: string, id: string, owner: string) =>
  `/v1/stages/${stageId}/participants/${id}?userId=${encodeURIComponent(owner)}`

async function connected(stageId: string, sub: string, login = {}) {
  const user = await app.user(sub, login)
  const { body } = await user.join(stageId)
  await app.enter(body.token)
  return { user, id: body.participantId as string, token: body.token as string }
}

describe('a moderator', () => {
  it('removes one device of somebody: it is off, does not come back, and the others stay', async () => {
    const stageId = await app.stage()
    const { user, id, token } = await connected(stageId, 'ada')
    const other = await user.join(stageId)
    expect((await moderator.call('DELETE', removal(stageId, id, 'ada'))).status).toBe(204)
    const back = await app.enter(token)
    expect(back.body.code).toBe('PARTICIPANT_DISCONNECTED')
    const path = `/v1/stages/${stageId}/participants/${id}/token`
    expectProblem(await user.call('POST', path), 409, 'participant_ended', { reason: 'kicked' })
    const kept = await user.call('POST', `/v1/stages/${stageId}/participants/${other.body.participantId}/token`)
    expect(kept.status).toBe(201)
    expect((await moderator.call('DELETE', removal(stageId, id, 'ada'))).status, 'once more').toBe(204)
  })

  it('frees the seat of whom they remove', async () => {
    const stageId = await app.stage({ seats: 1, defaultRole: 'speaker' })
    const { id } = await connected(stageId, 'ada')
    await moderator.call('DELETE', removal(stageId, id, 'ada'))
    expect((await (await app.user('bob')).join(stageId)).status).toBe(201)
  })

  it('removes nobody of their own rank or above', async () => {
    const stageId = await app.stage()
    const host = await connected(stageId, 'holly', { roles: ['host'] })
    const peer = await connected(stageId, 'max', { roles: ['moderator'] })
    expectProblem(await moderator.call('DELETE', removal(stageId, host.id, 'holly')), 403, 'outranked')
    expectProblem(await moderator.call('DELETE', removal(stageId, peer.id, 'max')), 403, 'outranked')
    const above = await app.user('holly', { roles: ['host'] })
    expect((await above.call('DELETE', removal(stageId, peer.id, 'max'))).status).toBe(204)
  })

  it('moderates nothing while banned or demoted', async () => {
    const stageId = await app.stage()
    const { id } = await connected(stageId, 'ada')
    await standing.ban(stageId, 'mo')
    expectProblem(await moderator.call('DELETE', removal(stageId, id, 'ada')), 403, 'not_a_moderator')
    const fallen = await app.user('max', { roles: ['moderator'] })
    await standing.assign(stageId, 'max', 'viewer')
    expectProblem(await fallen.call('DELETE', removal(stageId, id, 'ada')), 403, 'not_a_moderator')
  })

  it('need not say whose it is, if it is on the roster; to others it is not there', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const { user, id, token } = await connected(stageId, 'ada')
    await app.local('POST', '/stage/publish', { participantId: id })
    const roster = `/v1/stages/${stageId}/participants`
    await until(async () => (await user.call('GET', roster)).body.items.length === 1)
    const bob = await app.user('bob')
    expectProblem(await bob.call('DELETE', `${roster}/${id}`), 404, 'participant_not_found')
    expect((await moderator.call('DELETE', `${roster}/${id}`)).status).toBe(204)
    expect((await app.enter(token)).body.code).toBe('PARTICIPANT_DISCONNECTED')
  })

  it('removes whom nobody let in', async () => {
    const stageId = await app.stage()
    const { stageArn } = (await (await app.admin()).call('GET', `/v1/stages/${stageId}`)).body
    const { ivs } = adminClients(app.info)
    const { participantToken } = await ivs.send(
      new CreateParticipantTokenCommand({ stageArn, userId: 'ada', capabilities: ['PUBLISH'] }),
    )
    const { participantId: id, token = '' } = participantToken ?? {}
    await app.enter(token)
    await app.local('POST', '/stage/publish', { participantId: id })
    const roster = `/v1/stages/${stageId}/participants`
    const items = await until(async () => {
      const { body } = await moderator.call('GET', roster)
      return body.items.length === 1 && body.items
    })
    expect(items).toMatchObject([{ participantId: id, managed: false }])
    expect((await moderator.call('DELETE', `${roster}/${id}`)).status).toBe(204)
    await until(async () => (await app.enter(token)).body.code === 'PARTICIPANT_DISCONNECTED')
    const { items: acts } = (await moderator.call('GET', `/v1/stages/${stageId}/audit`)).body
    expect(acts).toContainEqual(expect.objectContaining({ action: 'participant_removed', by: 'mo', participantId: id }))
  })

  it('is told where there is no such participant of that user', async () => {
    const stageId = await app.stage()
    const { id } = await connected(stageId, 'ada')
    expectProblem(await moderator.call('DELETE', removal(stageId, id, 'bob')), 404, 'participant_not_found')
    expectProblem(await moderator.call('DELETE', removal(stageId, 'nobody', 'ada')), 404, 'participant_not_found')
  })
})

it('is for nobody else', async () => {
  const stageId = await app.stage()
  const { id } = await connected(stageId, 'ada')
  const bob = await app.user('bob', { roles: ['speaker'] })
  expectProblem(await bob.call('DELETE', removal(stageId, id, 'ada')), 403, 'not_a_moderator')
})

it('is for admins, whoever it is about', async () => {
  const stageId = await app.stage()
  const { id } = await connected(stageId, 'holly', { roles: ['host'] })
  expect((await (await app.admin()).call('DELETE', removal(stageId, id, 'holly'))).status).toBe(204)
})

it('naming oneself is leaving', async () => {
  const stageId = await app.stage()
  const { user, id } = await connected(stageId, 'ada')
  expect((await user.call('DELETE', removal(stageId, id, 'ada'))).status).toBe(204)
  const path = `/v1/stages/${stageId}/participants/${id}/token`
  expectProblem(await user.call('POST', path), 409, 'participant_ended', { reason: 'left' })
})
