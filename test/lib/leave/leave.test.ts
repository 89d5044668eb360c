import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { StageId } from '../../../lib/ids.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller, anAdmin } from '../../support/callers.ts'
import { eachStore, tableForFile } from '../../support/each-store.ts'
import { participantId, T0, userKey } from '../../support/participants.ts'
import { arnOf, endpointsAt } from '../../support/stages.ts'
import { repeatingTable } from '../../support/tables.ts'
import { aScene, type Scene, type Setting, tableStores } from '../../support/use-case.ts'

const owner = userKey('ada').userId
const throttled = new Fault('quota_backoff', 'IVS DisconnectParticipant: ThrottlingException (429)')

async function joined(setting: Setting = {}) {
  const scene = await aScene(setting)
  const id = participantId(granted(await scene.join()).answer.participantId)
  scene.outside.connected.add(id)
  return { scene, id, leave: (call: object = {}) => scene.leave({ participantId: id, ...call }) }
}
const speaking = { defaultRole: 'speaker' }
const off = (scene: Scene) => scene.outside.disconnected.map(({ id }) => id)

describe.each(eachStore())('leaving, %s', (_, stores) => {
  it('ends a viewer in the books, and asks nothing of IVS', async () => {
    const { scene, id, leave } = await joined({ stores: stores() })
    expect(codeOf(await leave())).toBe('granted')
    expect(await scene.record()).toMatchObject({ participants: [{ id, ended: 'left' }], live: { main: [] } })
    expect(scene.outside.disconnected).toEqual([])
  })

  it('disconnects a publisher and frees the seat after that, once', async () => {
    const { scene, id, leave } = await joined({ stores: stores(), stage: speaking })
    expect(await scene.leases()).toEqual([id])
    for (let i = 0; i < 3; i++) expect(codeOf(await leave())).toBe('granted')
    expect(scene.outside.disconnected).toEqual([{ stageArn: arnOf('one'), id, reason: 'left' }])
    expect(scene.outside.queued).toEqual([])
    expect(await scene.leases()).toEqual([])
  })

  it('leaves it to the queue where IVS is throttled, and keeps the seat until they are off', async () => {
    const { scene, id, leave } = await joined({ stores: stores(), stage: speaking })
    scene.outside.faults.disconnect = throttled
    expect(codeOf(await leave())).toBe('granted')
    expect(await scene.leases()).toEqual([id])
    expect(scene.outside.queued).toMatchObject([{ participantId: id, reason: 'left', freesSeat: true }])
    scene.outside.faults = {}
    await scene.work()
    expect(off(scene)).toEqual([id])
    expect(await scene.leases()).toEqual([])
  })

  it('tells of the publisher that IVS has put off, and writes it down', async () => {
    const { scene, id, leave } = await joined({ stores: stores(), stage: speaking })
    for (let i = 0; i < 2; i++) await leave()
    const whom = { id: `${id}-left`, participantId: id, userId: owner }
    expect(scene.outside.told).toMatchObject([{ ...whom, name: 'participant.ended', reason: 'left', at: T0 }])
    expect(scene.outside.audited).toMatchObject([{ ...whom, action: 'disconnected', by: 'system', rule: 'left' }])
  })

  it('leaves it to the queue to tell what it could not, and keeps the seat until then', async () => {
    const { scene, id, leave } = await joined({ stores: stores(), stage: speaking })
    scene.outside.faults.events = new Fault('storage_unavailable', 'EventBridge PutEvents: x')
    expect(codeOf(await leave())).toBe('granted')
    expect(scene.outside.queued).toMatchObject([{ participantId: id, reason: 'left', freesSeat: true }])
    expect(scene.outside.audited).toEqual([])
    expect(await scene.leases()).toEqual([id])
  })

  it('is not lost where the queue fails too: the next try notes it down', async () => {
    const { scene, id, leave } = await joined({ stores: stores(), stage: speaking })
    scene.outside.faults = { disconnect: throttled, queue: new Fault('storage_unavailable', 'SQS SendMessage: x') }
    await expect(leave()).rejects.toBe(scene.outside.faults.queue)
    scene.outside.faults = {}
    expect(codeOf(await leave())).toBe('granted')
    await scene.work()
    expect(off(scene)).toEqual([id])
    expect(await scene.leases()).toEqual([])
  })

  it('disconnects who came before their token expired, until nobody can be there any more', async () => {
    const { scene, id, leave } = await joined({ stores: stores(), stage: speaking })
    const expiry = T0 + 180 * 60_000
    expect(codeOf(await leave({ now: expiry + 86_399_000 }))).toBe('granted')
    expect(off(scene)).toEqual([id])
    const later = await joined({ stores: stores(), stage: speaking })
    expect(codeOf(await later.leave({ now: expiry + 86_400_000 }))).toBe('granted')
    expect(off(later.scene)).toEqual([])
  })

  it('finds them on the stage of after a reset, though this Lambda remembers the one before', async () => {
    const { scene } = await joined({ stores: stores(), stage: speaking })
    await scene.changeStage({ generation: { number: 2, stageArn: arnOf('two') }, endpoints: [endpointsAt(2)] })
    await scene.stores.seats.open({ stageUid: scene.stage.uid, generation: 2 })
    const id = participantId(granted(await scene.lambda().join()).answer.participantId)
    expect(codeOf(await scene.leave({ participantId: id }))).toBe('granted')
    expect(scene.outside.disconnected).toMatchObject([{ stageArn: arnOf('two'), id }])
    expect(await scene.leases()).toEqual([])
  })

  it.each<[string, string, object]>([
    ['an id that is not there', 'participant_not_found', { participantId: participantId('other') }],
    ['somebody else’s, unnamed', 'participant_not_found', { caller: aCaller({ userId: 'bob' }) }],
    ['a stage that is not there', 'stage_not_found', { stageId: 'other' as StageId }],
    ['a stage outside the prefix', 'stage_not_found', { caller: aCaller({ stageIdPrefix: 'town-' }) }],
  ])('does not find %s', async (_label, code, call) => {
    const { scene, leave } = await joined({ stores: stores() })
    const before = await scene.record()
    expect(codeOf(await leave(call))).toBe(code)
    expect(await scene.record()).toEqual(before)
  })

  it('is open to someone banned: nobody is kept on a stage', async () => {
    const { scene, leave } = await joined({ stores: stores() })
    await scene.change({ ban: { rank: 30, by: 'x', at: T0 } })
    expect(codeOf(await leave())).toBe('granted')
  })
})

describe.each(eachStore())('removing one device of another, %s', (_, stores) => {
  const by = (role: string, more: object = {}) => aCaller({ userId: 'mod', roles: [role], ...more })

  it.each<[string, string, ReturnType<typeof aCaller>, string, object?]>([
    ['a moderator removes a viewer', 'viewer', by('moderator'), 'granted'],
    ['a moderator removes a speaker', 'speaker', by('moderator'), 'granted'],
    ['a moderator does not remove a moderator', 'moderator', by('moderator'), 'outranked'],
    ['a moderator does not remove a host', 'host', by('moderator'), 'outranked'],
    ['a host removes a moderator', 'moderator', by('host'), 'granted'],
    ['a host does not remove a host', 'host', by('host'), 'outranked'],
    ['a speaker removes nobody', 'viewer', by('speaker'), 'not_a_moderator'],
    ['a stranger removes nobody', 'viewer', aCaller({ userId: 'mod' }), 'not_a_moderator'],
    [
      'a banned moderator removes nobody',
      'viewer',
      by('moderator'),
      'not_a_moderator',
      { ban: { rank: 20, by: 'x', at: T0 } },
    ],
    [
      'a host banned by a moderator still does',
      'viewer',
      by('host'),
      'granted',
      { ban: { rank: 20, by: 'x', at: T0 } },
    ],
    [
      'a moderator demoted since does not',
      'viewer',
      by('moderator'),
      'not_a_moderator',
      { assigned: { role: 'viewer', by: 'x', at: T0 } },
    ],
    ['an admin removes a host', 'host', anAdmin({ userId: 'mod' }), 'granted'],
    [
      'an admin outside their prefix finds no stage',
      'viewer',
      anAdmin({ userId: 'mod', stageIdPrefix: 'x-' }),
      'stage_not_found',
    ],
  ])('%s', async (_label, role, caller, code, own = {}) => {
    const scene = await aScene({ stores: stores(), stage: { access: 'members' } })
    const id = participantId(granted(await scene.join({ caller: aCaller({ roles: [role] }) })).answer.participantId)
    if (Object.keys(own).length > 0) await scene.change(own, 'mod')
    expect(codeOf(await scene.leave({ participantId: id, owner, caller }))).toBe(code)
    expect(off(scene)).toEqual(code === 'granted' ? [id] : [])
    expect((await scene.record())?.participants[0]?.ended).toBe(code === 'granted' ? 'kicked' : undefined)
  })

  it('goes by the assigned role alone where there is one', async () => {
    const scene = await aScene({ stores: stores() })
    const id = participantId(granted(await scene.join({ caller: aCaller({ roles: ['host'] }) })).answer.participantId)
    await scene.change({ assigned: { role: 'viewer', by: 'x', at: T0 } })
    expect(codeOf(await scene.leave({ participantId: id, owner, caller: by('moderator') }))).toBe('granted')
  })

  it('does not find an id that its owner does not have', async () => {
    const scene = await aScene({ stores: stores() })
    granted(await scene.join())
    const call = { participantId: participantId('other'), owner, caller: by('moderator') }
    expect(codeOf(await scene.leave(call))).toBe('participant_not_found')
    expect(codeOf(await scene.leave({ ...call, owner: userKey('nobody').userId }))).toBe('participant_not_found')
    expect(await scene.record('nobody')).toBeUndefined()
  })

  it('is written down, once, and watched for until the token expires', async () => {
    const { scene, id, leave } = await joined({ stores: stores() })
    const call = { owner, caller: by('moderator'), requestId: 'request-1' }
    for (let i = 0; i < 2; i++) expect(codeOf(await leave(call))).toBe('granted')
    expect(scene.outside.audited).toMatchObject([
      { action: 'participant_removed', by: 'mod', userId: 'ada', participantId: id, requestId: 'request-1' },
    ])
    expect(scene.outside.queued).toMatchObject([{ participantId: id, reason: 'kicked', userId: 'ada' }])
  })

  it.each<[string, object]>([
    ['one’s own', {}],
    ['what may not be removed', { owner, caller: aCaller({ userId: 'mod' }) }],
  ])('is not written down for %s', async (_label, call) => {
    const { scene, leave } = await joined({ stores: stores() })
    await leave(call)
    expect(scene.outside.audited).toEqual([])
  })

  it('is leaving, where one names oneself', async () => {
    const { scene, leave } = await joined({ stores: stores() })
    expect(codeOf(await leave({ owner }))).toBe('granted')
    expect((await scene.record())?.participants[0]?.ended).toBe('left')
  })
})

describe('a lost answer: the end is written twice', () => {
  const started = tableForFile()

  it('a publisher who leaves is off all the same, and the seat free', async () => {
    const { scene, id, leave } = await joined({ stores: tableStores(repeatingTable(started().table)), stage: speaking })
    expect(codeOf(await leave())).toBe('granted')
    await scene.work()
    expect(off(scene)).toEqual([id])
    expect(await scene.leases()).toEqual([])
  })

  it('a viewer who is removed is off all the same', async () => {
    const { scene, id, leave } = await joined({ stores: tableStores(repeatingTable(started().table)) })
    const caller = aCaller({ userId: 'mod', roles: ['moderator'] })
    expect(codeOf(await leave({ owner, caller }))).toBe('granted')
    expect(off(scene)).toEqual([id])
  })
})
