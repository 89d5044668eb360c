import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { EventNote } from '../../local/events/event-bridge.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { arm, disarm, expectTrouble } from '../support/trouble.ts'
import { until } from '../support/until.ts'

let app: App
let admin: User
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0, sessionLingerSeconds: 1 } })
  admin = await app.admin()
})
afterAll(() => app.stop())
afterEach(() => disarm(app))

/** The ids by which something was told of a stage, each as often as it was. */
async function toldOf(stageId: string, name: string): Promise<readonly unknown[]> {
  const { entries } = await app.local<{ entries: EventNote[] }>('GET', '/events?bus=stagedoor-local')
  return entries.flatMap(({ event, fault }) =>
    fault === undefined && event['detail-type'] === name && event.detail.stageId === stageId ? [event.detail.id] : [],
  )
}

/** Minutes pass until it is so. */
async function someMinutesLater(look: () => Promise<boolean>, minutes = 3): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) await app.advance(61)
  await until(look)
}

it('a reset that the bus did not take is done at once, and told once the bus is back', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  await app.enter((await ada.join(stageId)).body.token)
  await arm(app, { target: 'eventbridge', mode: 'error' })
  const reset = await admin.call('POST', `/v1/stages/${stageId}/reset`)
  expect(reset.status).toBe(200)
  await disarm(app)
  expect(await toldOf(stageId, 'stage.reset')).toEqual([])
  await app.advance(6)
  expect((await app.enter((await ada.join(stageId)).body.token)).status).toBeLessThan(300)
  await someMinutesLater(async () => (await toldOf(stageId, 'stage.reset')).length === 1)
  const now = await admin.call('GET', `/v1/stages/${stageId}`)
  expect(now.body.stageArn).toBe(reset.body.stageArn)
})

it('a deletion that got its 503 and is never repeated is finished, told, and its name free again', async () => {
  const stageId = await app.stage()
  await arm(app, { target: 'eventbridge', mode: 'error' })
  expectTrouble(await admin.call('DELETE', `/v1/stages/${stageId}`), 503, 'storage_unavailable')
  await disarm(app)
  expect((await admin.call('POST', '/v1/stages', { stageId })).body.code).toBe('stage_exists')
  await someMinutesLater(async () => (await toldOf(stageId, 'stage.deleted')).length === 1)
  await until(async () => (await admin.call('POST', '/v1/stages', { stageId })).status === 201)
})
