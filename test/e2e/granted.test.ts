import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventNote } from '../../local/events/event-bridge.ts'
import type { Numbered } from '../../local/notes.ts'
import { type App, type Reply, startApp } from '../support/app.ts'
import { leaksIn } from '../support/leak-search.ts'
import { marker } from '../support/logins.ts'
import { spentBy } from '../support/spent.ts'
import { toldDuring } from '../support/told.ts'
import { until } from '../support/until.ts'

const BUS = 'stagedoor-local'
const ATTRIBUTE = marker('attribute')
const WITHOUT_LAG = { readLagMs: 0, sessionLingerSeconds: 1 }

const toldBy = async (app: App): Promise<readonly EventNote[]> =>
  (await app.local<{ entries: Numbered<EventNote>[] }>('GET', `/events?bus=${BUS}`)).entries

/** What was told of one participant by this name. */
const detailsOf = async (app: App, name: string, participantId: string): Promise<readonly unknown[]> =>
  (await toldBy(app)).flatMap(({ event }) =>
    event['detail-type'] === name && event.detail.participantId === participantId ? [event.detail] : [],
  )
const on = (app: App, id: string, what: string) => app.local('POST', `/stage/${what}`, { participantId: id })
const joined = async (app: App, sub: string, stageId: string): Promise<Reply['body']> =>
  (await (await app.user(sub)).join(stageId, { attributes: { displayName: ATTRIBUTE } })).body

describe('where a deployment asks who was let in', () => {
  let app: App
  let stageId: string
  beforeAll(async () => {
    app = await startApp({ assume: WITHOUT_LAG, env: { DOMAIN_EVENTS: '{"granted":true}' } })
    stageId = await app.stage({ defaultRole: 'speaker' })
  })
  afterAll(() => app.stop())

  const grantsOf = (id: string) => detailsOf(app, 'participant.granted', id)

  it('who publishes is told of by the first event, who only watches by the first sweep, each once', async () => {
    const [ada, bob, cleo] = [
      await joined(app, 'ada', stageId),
      await joined(app, 'bob', stageId),
      await joined(app, 'cleo', stageId),
    ]
    await app.enter(ada.token)
    await on(app, ada.participantId, 'publish')
    const [grant] = await until(async () => {
      const grants = await grantsOf(ada.participantId)
      return grants.length > 0 && grants
    })
    expect(grant).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f]{32}$/), at: expect.any(String), grantedAt: expect.any(String) },
      ...{ stageId, stageUid: expect.any(String), participantId: ada.participantId, userId: 'ada' },
      ...{ role: 'speaker', slot: 'main', capabilities: ['PUBLISH', 'SUBSCRIBE'] },
    })
    await until(async () => (await detailsOf(app, 'participant.published', ada.participantId)).length > 0)

    await app.enter(bob.token)
    expect(await grantsOf(bob.participantId)).toEqual([])
    await app.advance(61)
    await until(async () => (await grantsOf(bob.participantId)).length > 0)
    await on(app, ada.participantId, 'unpublish')
    await on(app, bob.participantId, 'leave')
    await app.advance(61)
    await until(async () => (await detailsOf(app, 'participant.disconnected', bob.participantId)).length > 0)
    const counts = [ada, bob, cleo].map(async ({ participantId }) => (await grantsOf(participantId)).length)
    expect(await Promise.all(counts)).toEqual([1, 1, 0])
  })

  it('a join spends what it did, and tells nothing itself', async () => {
    await joined(app, 'wes', stageId)
    const eve = await app.user('eve')
    const said = await toldDuring(app, async () => {
      const spent = await spentBy(app, 'join', () => eve.join(stageId, { role: 'viewer' }))
      expect(spent).toEqual({ writes: 1, writeUnits: 1, reads: 0, ivs: 0 })
    })
    expect(said).toEqual([])
  })

  it('no token and no attribute is in anything that was told', async () => {
    const dora = await joined(app, 'dora', stageId)
    await app.enter(dora.token)
    await on(app, dora.participantId, 'publish')
    await until(async () => (await grantsOf(dora.participantId)).length > 0)
    expect(dora.attributes.displayName).toBe(ATTRIBUTE)
    const said = (await toldBy(app)).map((note) => ({ where: BUS, text: JSON.stringify(note) }))
    const secrets = { attribute: ATTRIBUTE, token: dora.token, signature: String(dora.token.split('.')[2]) }
    expect(leaksIn(said, secrets)).toEqual([])
  })
})

describe('where nobody asks', () => {
  it('who was let in is not told', async () => {
    const app = await startApp({ assume: WITHOUT_LAG })
    const ada = await joined(app, 'ada', await app.stage({ defaultRole: 'speaker' }))
    await app.enter(ada.token)
    await on(app, ada.participantId, 'publish')
    await until(async () => (await detailsOf(app, 'participant.published', ada.participantId)).length > 0)
    expect(await detailsOf(app, 'participant.granted', ada.participantId)).toEqual([])
    await app.stop()
  })
})
