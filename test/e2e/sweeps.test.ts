import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp, type User } from '../support/app.ts'
import { until } from '../support/until.ts'

let app: App
let admin: User
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0, sessionLingerSeconds: 1 } })
  admin = await app.admin()
})
afterAll(() => app.stop())

const on = (id: string, what: string) => app.local<void>('POST', `/stage/${what}`, { participantId: id })
const stageNow = async (stageId: string) => (await admin.call('GET', `/v1/stages/${stageId}`)).body
const audienceOf = async (stageId: string): Promise<readonly { participantId: string; userId?: string }[]> =>
  (await admin.call('GET', `/v1/stages/${stageId}/participants?audience=all`)).body.items

/** Somebody who has joined and is on the stage. */
async function entered(stageId: string, sub: string): Promise<string> {
  const joined = await (await app.user(sub)).join(stageId)
  await app.enter(joined.body.token)
  return joined.body.participantId
}

/** A minute passes, and what follows from it is there. */
async function aMinuteLater<T>(look: () => Promise<T | undefined | false>) {
  await app.advance(61)
  return until(look)
}

describe('once a minute', () => {
  it('whoever is there is counted, also who never publishes, and who has gone is not', async () => {
    const stageId = await app.stage()
    const [ada, bob] = [await entered(stageId, 'ada'), await entered(stageId, 'bob')]
    await aMinuteLater(async () => (await stageNow(stageId)).audience === 2)
    expect(new Set((await audienceOf(stageId)).map((one) => one.userId))).toEqual(new Set(['ada', 'bob']))
    await on(bob, 'leave')
    await aMinuteLater(async () => (await stageNow(stageId)).audience === 1)
    expect(await audienceOf(stageId)).toEqual([{ participantId: ada, userId: 'ada', managed: true }])
  })

  it('what events never told is found out', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await entered(stageId, 'ada')
    await app.local('POST', '/faults', { target: 'events', mode: 'drop', rate: 1 })
    await on(ada, 'publish')
    expect(await stageNow(stageId)).toMatchObject({ publishers: 0 })
    await aMinuteLater(async () => (await stageNow(stageId)).publishers === 1)
    await on(ada, 'unpublish')
    await aMinuteLater(async () => (await stageNow(stageId)).publishers === 0)
    await app.local('DELETE', '/faults')
  })

  it('a session that has ended is closed', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker' })
    const ada = await entered(stageId, 'ada')
    await on(ada, 'publish')
    await aMinuteLater(async () => (await stageNow(stageId)).live)
    await on(ada, 'leave')
    await aMinuteLater(async () => (await stageNow(stageId)).live === false)
    const { items } = (await admin.call('GET', `/v1/stages/${stageId}/sessions`)).body
    expect(items).toEqual([
      { sessionId: expect.any(String), startedAt: expect.any(String), endedAt: expect.any(String) },
    ])
  })

  it('a stage past its end is empty, and the IVS stage behind it another', async () => {
    const joinable = await app.stage()
    const before = await stageNow(joinable)
    await entered(joinable, 'ada')
    await aMinuteLater(async () => (await stageNow(joinable)).audience === 1)
    const endsAt = new Date(Date.parse((await stageNow(joinable)).asOf) + 90_000).toISOString()
    expect((await admin.call('PATCH', `/v1/stages/${joinable}`, { endsAt })).status).toBe(200)
    await app.advance(60)
    await aMinuteLater(async () => (await stageNow(joinable)).stageArn !== before.stageArn)
    expect((await (await app.user('bob')).join(joinable)).body).toMatchObject({ code: 'stage_closed' })
  })
})
