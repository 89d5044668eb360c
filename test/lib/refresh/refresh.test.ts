import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { codeOf, granted, refusalOf } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { eachStore, tableForFile } from '../../support/each-store.ts'
import { participantId, T0 } from '../../support/participants.ts'
import { arnOf, endpointsAt } from '../../support/stages.ts'
import { countedTable, repeatingTable } from '../../support/tables.ts'
import { aScene, type Scene, type Setting, tableStores, termsOf } from '../../support/use-case.ts'

const MINUTE = 60_000
const SECONDS = T0 / 1000
const LATER = T0 + 30 * MINUTE
const started = tableForFile()

/** A scene in which Ada has joined, and her participant. */
async function joined(setting: Setting, call: Parameters<Scene['join']>[0] = {}) {
  const scene = await aScene(setting)
  const { answer } = granted(await scene.join(call))
  const id = participantId(answer.participantId)
  scene.outside.now = LATER
  const refresh = (more: Omit<Parameters<Scene['refresh']>[0], 'participantId'> = {}) =>
    scene.refresh({ participantId: id, ...more })
  const stored = async () => (await scene.record())?.participants.find((one) => one.id === id)
  return { scene, answer, id, refresh, stored }
}
const assign = (scene: Scene, role: string) => scene.change({ assigned: { role, by: 'x', at: T0 } })

describe.each(eachStore())('refreshing a token, %s', (_, stores) => {
  it('vends a new token for the same participant, with what was frozen at the join', async () => {
    const { scene, answer, id, refresh, stored } = await joined({ stores: stores() }, { request: { duration: 60 } })
    const first = termsOf(answer.token)
    await scene.changeStage({ endpoints: [...scene.stage.endpoints, endpointsAt(2)] })
    scene.outside.keys = { current: 'key2', usable: ['key2', 'key1'] }
    const fresh = scene.lambda()

    for (const refreshing of [refresh, () => fresh.refresh({ participantId: id, now: LATER + MINUTE })]) {
      const again = granted(await refreshing())
      expect(again).toMatchObject({
        participantId: id,
        slot: 'main',
        exchangeable: true,
        duration: 180,
        expiresIn: 10_800,
      })
      const { issuedAt: _i, expiresAt: _e, ...frozen } = first
      expect(termsOf(again.token)).toMatchObject(frozen)
    }
    expect(await stored()).toMatchObject({
      mintedAt: T0,
      expiresAt: SECONDS + 31 * 60 + 10_800,
      refreshedAt: LATER + MINUTE,
    })
    expect((await scene.record())?.mints).toEqual([T0])
    // Who joins now gets the newest of both.
    const { token } = granted(await fresh.join({ now: LATER + 6 * MINUTE })).answer
    expect(termsOf(token)).toMatchObject({ keyId: 'key2', endpoints: endpointsAt(2) })
  })

  it('repeats endpoints that this Lambda has not heard of yet', async () => {
    const { scene } = await joined({ stores: stores() })
    await scene.changeStage({ endpoints: [...scene.stage.endpoints, endpointsAt(2)] })
    const newer = granted(await scene.lambda().join()).answer.participantId
    expect(termsOf(granted(await scene.refresh({ participantId: participantId(newer) })).token).endpoints).toEqual(
      endpointsAt(2),
    )
  })

  it('signs with the current key once the participant’s own is gone, and stays with it', async () => {
    const { scene, refresh, stored } = await joined({ stores: stores() })
    scene.outside.keys = { current: 'key2', usable: ['key2'] }
    expect(termsOf(granted(await refresh()).token).keyId).toBe('key2')
    expect((await stored())?.keyId).toBe('key2')
  })

  it('never moves the stored expiry back, whatever the new token says', async () => {
    const { refresh, stored } = await joined({ stores: stores() })
    const answer = granted(await refresh({ request: { duration: 5 } }))
    expect(answer.expiresIn).toBe(300)
    expect(termsOf(answer.token).expiresAt).toBe(LATER / 1000 + 300)
    expect((await stored())?.expiresAt).toBe(SECONDS + 10_800)
  })

  it('keeps what the join narrowed, until a refresh says otherwise', async () => {
    const { scene, refresh } = await joined(
      { stores: stores(), stage: { defaultRole: 'speaker' } },
      { request: { role: 'speaker', capabilities: ['SUBSCRIBE'] } },
    )
    expect(granted(await refresh())).toMatchObject({ role: 'speaker', capabilities: ['SUBSCRIBE'] })
    await assign(scene, 'host')
    expect(granted(await refresh({ now: LATER + MINUTE })).role).toBe('speaker')
    const wide = { request: { capabilities: ['PUBLISH' as const] }, now: LATER + 2 * MINUTE }
    expect(granted(await refresh(wide)).capabilities).toEqual(['PUBLISH'])
    expect(granted(await refresh({ now: LATER + 3 * MINUTE })).capabilities).toEqual(['PUBLISH'])
  })

  it('follows the assigned role up and down, and the seat with it', async () => {
    const { scene, id, refresh, stored } = await joined({ stores: stores() })
    expect(await scene.leases()).toEqual([])
    await assign(scene, 'speaker')
    expect(granted(await refresh())).toMatchObject({ role: 'speaker', capabilities: ['PUBLISH', 'SUBSCRIBE'] })
    expect(await scene.leases()).toEqual([id])
    await assign(scene, 'viewer')
    expect(granted(await refresh({ now: LATER + MINUTE }))).toMatchObject({
      role: 'viewer',
      capabilities: ['SUBSCRIBE'],
    })
    expect(await scene.leases()).toEqual([])
    expect((await stored())?.role).toBe('viewer')
  })

  it('drops attributes that the new role may not set, and keeps the server’s own', async () => {
    const roles = { speaker: { callerAttributes: ['displayName', 'team'] } }
    const { scene, refresh } = await joined(
      { stores: stores(), stage: { access: 'members', defaultRole: 'viewer', roles } },
      { caller: aCaller({ roles: ['speaker'] }), request: { attributes: { displayName: 'Ada', team: 'red' } } },
    )
    await assign(scene, 'viewer')
    const attributes = { role: 'viewer', displayName: 'Ada', org: 'x' }
    expect(granted(await refresh({ caller: aCaller({ attributes: { org: 'x' } }) })).attributes).toEqual(attributes)
  })

  it('lets what the caller set give way to a login that says more', async () => {
    const { refresh } = await joined(
      { stores: stores() },
      { request: { attributes: { displayName: 'x'.repeat(900) } } },
    )
    const caller = aCaller({ attributes: { about: 'y'.repeat(500) } })
    expect(granted(await refresh({ caller })).attributes).toEqual({ about: 'y'.repeat(500), role: 'viewer' })
  })

  it.each<[string, object, (scene: Scene, id: ReturnType<typeof participantId>) => Promise<unknown>]>([
    ['banned', { code: 'banned' }, (scene) => scene.change({ ban: { rank: 20, by: 'x', at: T0 } })],
    [
      'left',
      { code: 'participant_ended', reason: 'left' },
      (scene, id) => scene.stores.participants.end(scene.keyOf(), id, 'left', T0),
    ],
    [
      'kicked',
      { code: 'participant_ended', reason: 'kicked' },
      (scene) => scene.change({ putOut: { at: T0, as: 'kicked' } }),
    ],
    [
      'an expired one',
      { code: 'participant_ended', reason: 'lapsed' },
      async (scene) => {
        scene.outside.now = T0 + 180 * MINUTE
      },
    ],
    ['no longer a member', { code: 'not_a_member' }, (scene) => scene.changeStage({ access: 'members' })],
    ['a closed stage', { code: 'not_a_member' }, (scene) => scene.changeStage({ access: 'closed' })],
    ['a deleted stage', { code: 'stage_not_found' }, (scene) => scene.changeStage({ deleting: true })],
    [
      'just refreshed',
      { code: 'rate_limited', retryAfterSeconds: 5 },
      async (scene, id) => {
        granted(await scene.refresh({ participantId: id, now: LATER - 1000 }))
      },
    ],
  ])('refuses: %s', async (_label, refusal, before) => {
    const { scene, id, refresh } = await joined({ stores: stores() })
    await before(scene, id)
    expect(refusalOf(await refresh())).toEqual(refusal)
  })

  it.each<[string, string, object]>([
    ['a role it cannot ask for', 'capability_not_allowed', { request: { capabilities: ['PUBLISH'] } }],
    ['an attribute it may not set', 'invalid_request', { request: { attributes: { role: 'host' } } }],
    ['an id that is not there', 'participant_not_found', { participantId: participantId('other') }],
    ['somebody else’s', 'participant_not_found', { caller: aCaller({ userId: 'bob' }) }],
    ['a stage outside the prefix', 'stage_not_found', { caller: aCaller({ stageIdPrefix: 'town-' }) }],
  ])('refuses %s, and records nothing', async (_label, code, call) => {
    const { scene, refresh } = await joined({ stores: stores() })
    const before = await scene.record()
    expect(codeOf(await refresh(call))).toBe(code)
    expect(await scene.record()).toEqual(before)
  })

  it('ends with a reset, also for a Lambda that has heard of it only from the record', async () => {
    const { scene, refresh } = await joined({ stores: stores() })
    granted(await refresh())
    await scene.changeStage({ generation: { number: 2, stageArn: arnOf('two') }, endpoints: [endpointsAt(2)] })
    await scene.stores.seats.open({ stageUid: scene.stage.uid, generation: 2 })
    const next = participantId(granted(await scene.lambda().join()).answer.participantId)
    // Both Lambdas still within their five seconds: the one of before the reset must not call the new id lapsed.
    const { token } = granted(await scene.refresh({ participantId: next, now: LATER + 1000 }))
    expect(termsOf(token)).toMatchObject({ stageArn: arnOf('two'), endpoints: endpointsAt(2) })
    scene.outside.now = LATER + MINUTE
    expect(codeOf(await refresh())).toBe('participant_not_found')
  })

  it('says of an id of before a reset that it has lapsed', async () => {
    const { scene, refresh } = await joined({ stores: stores() })
    await scene.changeStage({ generation: { number: 2, stageArn: arnOf('two') }, endpoints: [endpointsAt(2)] })
    expect(refusalOf(await refresh())).toEqual({ code: 'participant_ended', reason: 'lapsed' })
  })
})

describe.each(eachStore())('a refresh that gains PUBLISH, %s', (_, stores) => {
  it('is refused where there is no seat, and stays as it was', async () => {
    const { scene, refresh, stored } = await joined({ stores: stores(), stage: { seats: 1 } })
    granted(await scene.join({ caller: aCaller({ userId: 'bob', roles: ['speaker'] }) }))
    await assign(scene, 'speaker')
    expect(codeOf(await refresh())).toBe('publisher_seats_full')
    expect((await stored())?.role).toBe('viewer')
  })

  it('gives its seat back where it comes to nothing', async () => {
    const shared = stores()
    const { scene, id } = await joined({ stores: shared })
    await assign(scene, 'speaker')
    const save = async () => false
    const losing = scene.lambda({ ...shared, participants: { ...shared.participants, save } })
    await expect(losing.refresh({ participantId: id })).rejects.toThrow(Fault)
    expect(await scene.leases()).toEqual([])
  })

  it('notes down whom it took the seat from', async () => {
    const { scene, refresh } = await joined({ stores: stores(), stage: { seats: 1 } })
    const bob = aCaller({ userId: 'bob', roles: ['speaker'] })
    const ghost = granted(await scene.join({ caller: bob, now: T0 })).answer.participantId
    await assign(scene, 'speaker')
    granted(await refresh())
    expect(scene.outside.queued).toMatchObject([{ participantId: ghost, reason: 'lapsed' }])
  })
})

describe('what a refresh costs, and a lost answer', () => {
  it.each<[string, readonly string[], (scene: Scene) => Promise<unknown>, object]>([
    ['the common one', ['update'], async () => {}, {}],
    ['with attributes', ['update'], async () => {}, { request: { attributes: { displayName: 'Ada' } } }],
    ['narrowing', ['get', 'put'], async () => {}, { request: { capabilities: ['SUBSCRIBE'] } }],
    ['promoted', ['update!', 'update', 'put'], (scene) => assign(scene, 'speaker'), {}],
    ['banned', ['update!'], (scene) => scene.change({ ban: { rank: 20, by: 'x', at: T0 } }), {}],
  ])('%s: %j', async (_label, expected, before, call) => {
    const { table, calls } = countedTable(started().table)
    const { scene, refresh } = await joined({ stores: tableStores(table) })
    await before(scene)
    await scene.join({ caller: aCaller({ userId: 'warmer' }) })
    calls.length = 0
    await refresh(call)
    expect(calls).toEqual(expected)
  })

  it.each([
    ['the common way', {}],
    ['the exact way', { request: { capabilities: ['SUBSCRIBE' as const] } }],
  ])('%s: written twice, it is one refresh and no 429', async (_label, call) => {
    const { refresh, stored } = await joined({ stores: tableStores(repeatingTable(started().table)) })
    granted(await refresh(call))
    expect(await stored()).toMatchObject({ refreshedAt: LATER, expiresAt: LATER / 1000 + 10_800 })
  })
})
