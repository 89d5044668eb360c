import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../support/app.ts'
import { flowNamed, flows } from '../support/flows.ts'
import { afterWaiting, arm, disarm, expectSuccess, expectTrouble, hitsOn } from '../support/trouble.ts'

let app: App
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
}, 60_000)
afterAll(() => app.stop())
afterEach(() => disarm(app))

describe('IVS in trouble', () => {
  const needIvs = ['creating a stage', 'resetting a stage', 'deleting a stage'].map(flowNamed)
  const kinds = [
    { mode: 'throttle', status: 503, code: 'quota_backoff' },
    { mode: 'error', status: 502, code: 'ivs_error' },
    { mode: 'drop', status: 502, code: 'ivs_error' },
  ]

  it.each(needIvs.flatMap((flow) => kinds.map((kind) => ({ ...flow, ...kind }))))(
    '$name, $mode: is $status $code, and works as soon as it is over',
    async ({ prepare, mode, status, code }) => {
      const send = await prepare(app)
      await arm(app, { target: 'ivs', mode })
      expectTrouble(await send(), status, code)
      await disarm(app)
      expectSuccess(await send())
    },
  )

  it.each(flows.filter(({ name }) => !needIvs.some((flow) => flow.name === name)))(
    '$name: goes on without it',
    async ({ prepare }) => {
      const send = await prepare(app)
      await arm(app, { target: 'ivs', mode: 'error' })
      expectSuccess(await send())
    },
  )

  it('making tokens of its own: a join is refused in the same words, and the user is not held up by it', async () => {
    const other = await startApp({ env: { TOKEN_MODE: 'ivs' } })
    const ada = await other.user('ada')
    for (const { mode, status, code } of kinds) {
      await arm(other, { target: 'ivs', mode })
      expectTrouble(await ada.join('demo'), status, code)
      await disarm(other)
      expect(await ada.join('demo')).toMatchObject({ status: 201, body: { exchangeable: false } })
    }
    await other.stop()
  })
})

describe('the signing secret unreadable', () => {
  it('is served stale, for as long as it takes', async () => {
    const ada = await app.user('ada', { expiresIn: 2_000_000 })
    expect(await ada.join('demo')).toMatchObject({ status: 201 })
    await arm(app, { target: 'secrets', mode: 'error' })
    for (const seconds of [1_000, 86_400]) {
      await app.local('POST', '/clock', { advance: seconds })
      expect(await ada.join('demo')).toMatchObject({ status: 201 })
    }
    expect(await hitsOn(app)).toBeGreaterThan(0)
  })
})

describe('asking too often', () => {
  it('is 429, and over when it says so', async () => {
    const stage = await app.stage({ sessionPolicy: { mode: 'allow', max: 10 } })
    const ada = await app.user('bob')
    for (let n = 0; n < 10; n++) expect(await ada.join(stage)).toMatchObject({ status: 201 })
    expectTrouble(await ada.join(stage), 429, 'rate_limited')
    expect(await afterWaiting(app, () => ada.join(stage))).toMatchObject({ status: 201 })
  })

  it('for new tokens, too', async () => {
    const stage = await app.stage()
    const ada = await app.user('cleo')
    const { participantId } = (await ada.join(stage)).body
    const refresh = () => ada.call('POST', `/v1/stages/${stage}/participants/${participantId}/token`)
    expect(await refresh()).toMatchObject({ status: 201 })
    expectTrouble(await refresh(), 429, 'rate_limited')
    expect(await afterWaiting(app, refresh)).toMatchObject({ status: 201 })
  })
})
