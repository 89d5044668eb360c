import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseStageEvent } from '../../lib/event/parse-stage-event.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { toldDuring } from '../support/told.ts'
import { until } from '../support/until.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

/** Somebody who may publish, on a stage of their own. */
async function onStage() {
  const stage = await app.stage()
  const user: User = await app.user('host', { stages: { '*': 'host' } })
  const { participantId, token } = (await user.join(stage)).body
  expect((await app.enter(token)).status).toBe(200)
  const step = (name: string, more: object = {}) => app.local('POST', `/stage/${name}`, { participantId, ...more })
  const refreshed = async () =>
    (
      await user.call('POST', `/v1/stages/${stage}/participants/${participantId}/token`, {
        capabilities: ['SUBSCRIBE'],
      })
    ).body.token
  return { stage, participantId, step, refreshed }
}

it('tells of a participant’s life as IVS would, in its own order', async () => {
  const { participantId, step, refreshed } = await onStage()
  const notes = await toldDuring(
    app,
    async () => {
      await step('publish')
      await step('unpublish')
      await step('publish')
      await step('exchange', { token: await refreshed() })
      await step('leave')
    },
    'default',
  )
  const parsed = notes.map(({ event }) => parseStageEvent(event))
  expect(parsed.map((one) => one.ok && one.value.kind)).toEqual([
    'published',
    'unpublished',
    'published',
    'token_exchanged',
    'unpublished',
  ])
  for (const one of parsed) expect(one).toMatchObject({ ok: true, value: { participantId, userId: 'host' } })
})

it('brings it by the deployed rule to the worker, which puts what it makes of it on the deployment’s bus', async () => {
  const { stage, participantId, step } = await onStage()
  const notes = await toldDuring(app, async () => {
    await step('publish')
    await until(async () => (await published(stage)).includes(participantId))
    await step('leave')
    await until(async () => (await published(stage)).length === 0)
  })
  const domain = notes.filter(({ bus }) => bus === 'stagedoor-local').map(({ event }) => event['detail-type'])
  expect(domain).toEqual(expect.arrayContaining(['stage.live', 'participant.published', 'participant.unpublished']))
})

async function published(stage: string): Promise<readonly string[]> {
  const host = await app.user('host', { stages: { '*': 'host' } })
  const { body } = await host.call('GET', `/v1/stages/${stage}/participants`)
  const items: readonly { readonly participantId: string; readonly publishing: boolean }[] = body.items
  return items.filter(({ publishing }) => publishing).map((one) => one.participantId)
}
