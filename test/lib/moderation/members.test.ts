import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { assignRole, removeRole } from '../../../lib/moderation/members.ts'
import { type Sighting, sighted } from '../../../lib/participant/sighting.ts'
import { microsOf } from '../../../lib/time.ts'
import { anAdmin } from '../../support/callers.ts'
import { aModeration, host, user } from '../../support/moderation.ts'
import { aParticipant, participantId, T0 } from '../../support/participants.ts'

const NOW = T0 + 60_000
const ada = user('ada')
const PUBLISHES = ['PUBLISH', 'SUBSCRIBE'] as const
const speaker = (id: string, changes = {}) => aParticipant(id, { role: 'speaker', capabilities: PUBLISHES, ...changes })

const publishing = (at: number): Sighting => ({
  ...{ id: participantId('one'), connected: true, capabilities: ['PUBLISH'], at: microsOf(at) },
})

describe('assigning a role', () => {
  it('makes a member of somebody who was never here, and tells it', async () => {
    const scene = aModeration()
    const done = await assignRole(scene.deps, scene.call(host()), ada, { role: 'speaker' })
    expect(done).toEqual({ ok: true, value: { assigned: { role: 'speaker', by: 'hana', at: NOW }, isNew: true } })
    expect(scene.events).toMatchObject([{ name: 'role.changed', userId: 'ada', role: 'speaker', by: 'hana', at: NOW }])
    expect(scene.audited()).toMatchObject([{ action: 'role_assigned', role: 'speaker', userId: 'ada' }])
    expect([scene.sent, scene.demotions]).toEqual([[], []])
  })

  it('says what it was before', async () => {
    const scene = aModeration()
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer' })
    const done = await assignRole(scene.deps, scene.call(host(), NOW + 1), ada, { role: 'speaker' })
    expect(done).toMatchObject({ value: { isNew: false } })
    expect(scene.events.at(-1)).toMatchObject({ role: 'speaker', previousRole: 'viewer' })
    expect(scene.audited().at(-1)).toMatchObject({ role: 'speaker', previousRole: 'viewer' })
  })

  it('that there is not is a wrong field', async () => {
    const scene = aModeration()
    for (const role of ['ghost', 'constructor', '__proto__'])
      expect(await assignRole(scene.deps, scene.call(anAdmin()), ada, { role })).toMatchObject({
        refusal: { code: 'invalid_request', errors: [{ pointer: '/role', code: 'unknown_role' }] },
      })
  })

  it('that raises asks nothing of those who are live', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')], { connected: ['one'] })
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'speaker' })
    expect([scene.sent, scene.demotions]).toEqual([[], []])
    expect(scene.record('ada')?.participants).toEqual([aParticipant('one')])
  })
})

describe('a demotion', () => {
  it('records less from now on, and gives until the deadline to obey', async () => {
    const scene = aModeration()
    await scene.seat('ada', [speaker('one', { narrowing: { role: 'speaker', capabilities: PUBLISHES } })])
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer', deadlineSeconds: 30 })
    expect(scene.record('ada')?.participants[0]).toMatchObject({
      ...{ role: 'viewer', capabilities: ['SUBSCRIBE'], narrowing: { capabilities: ['SUBSCRIBE'] } },
      grace: { capabilities: PUBLISHES, until: NOW + 30_000 },
    })
    expect(scene.demotions).toMatchObject([
      { participantId: 'one', capabilities: ['SUBSCRIBE'], deadlineSeconds: 30, freesSeat: true, userId: 'ada' },
    ])
    expect(scene.sent).toEqual([])
  })

  it('bears publishing until the deadline, give or take two seconds between clocks, and no longer', async () => {
    const scene = aModeration()
    await scene.seat('ada', [speaker('one')])
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer' })
    const record = scene.record('ada')
    const seenAt = (at: number) => sighted(record, publishing(at), at)
    expect(seenAt(NOW + 16_999)).toMatchObject({ kind: 'ours', beyond: false })
    expect(seenAt(NOW + 17_000)).toMatchObject({ kind: 'ours', beyond: true })
  })

  it('ends whoever can do nothing with what is left, and whoever cannot exchange', async () => {
    const scene = aModeration()
    const { keyId: _, ...ofIvs } = speaker('vended')
    await scene.seat('ada', [speaker('only', { capabilities: ['PUBLISH'], slot: 'screen' }), ofIvs, speaker('stays')], {
      connected: ['vended'],
    })
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer' })
    expect(scene.sent).toMatchObject([
      { participantId: 'only', reason: 'demoted', priority: 'demotion', freesSeat: true },
      { participantId: 'vended', reason: 'demoted' },
    ])
    expect(scene.off).toEqual(['vended'])
    expect(scene.demotions.map(({ participantId }) => participantId)).toEqual(['stays'])
    expect(scene.record('ada')).toMatchObject({ live: { main: ['stays'], screen: [] }, connected: { main: [] } })
  })

  it('takes back the id of a token that IVS is being asked for with more than the new right', async () => {
    const scene = aModeration()
    const { keyId: _, ...reserved } = speaker('making', { reserved: true })
    await scene.seat('ada', [reserved])
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer' })
    const key = { stageUid: scene.stage().uid, userId: ada }
    const commit = { reserved, participant: speaker('made'), rank: 10, now: NOW }
    expect(await scene.participants.commit(key, commit)).toBe(false)
    expect(scene.sent).toEqual([])
  })

  it('taken back before the deadline leaves the token what it was', async () => {
    const scene = aModeration()
    await scene.seat('ada', [speaker('one')])
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer' })
    await assignRole(scene.deps, scene.call(host(), NOW + 5_000), ada, { role: 'speaker' })
    expect(scene.record('ada')?.participants).toEqual([speaker('one')])
  })

  it('taken back after the deadline takes a new token', async () => {
    const scene = aModeration()
    await scene.seat('ada', [speaker('one')])
    await assignRole(scene.deps, scene.call(host()), ada, { role: 'viewer' })
    await assignRole(scene.deps, scene.call(host(), NOW + 15_000), ada, { role: 'speaker' })
    expect(scene.record('ada')?.participants[0]).toMatchObject({ capabilities: ['SUBSCRIBE'] })
  })

  it('that could not be sent is sent again by the same request, as the same happening', async () => {
    const scene = aModeration()
    const { keyId: _, ...ofIvs } = speaker('vended')
    await scene.seat('ada', [speaker('one'), ofIvs])
    scene.trouble.endings = new Fault('storage_unavailable', 'down')
    const request = { role: 'viewer', deadlineSeconds: 20 }
    await expect(assignRole(scene.deps, scene.call(host()), ada, request)).rejects.toThrow(Fault)
    delete scene.trouble.endings
    await assignRole(scene.deps, scene.call(host(), NOW + 3_000), ada, request)
    expect(scene.demotions).toMatchObject([{ participantId: 'one', deadlineSeconds: 17 }])
    expect(scene.sent).toMatchObject([{ participantId: 'vended' }])
    expect(new Set(scene.events.map(({ id }) => id)).size).toBe(1)
    expect(scene.audited()).toHaveLength(1)
  })
})

describe('taking a role away', () => {
  const assigned = { role: 'speaker', by: 'hana', at: T0 }
  const withLogin = (login?: string) => ({
    right: {
      ...{ role: 'speaker', source: 'assigned' as const },
      ...(login !== undefined && { login: { role: login, source: 'login_group' as const } }),
    },
  })

  it.each<[string, 'open' | 'members', string | undefined, string[], string[]]>([
    ['nothing is left: they go', 'members', undefined, ['one'], []],
    ['the stage gives everyone a role: they step down to it', 'open', undefined, [], ['one']],
    ['their login gives less: they step down to that', 'members', 'viewer', [], ['one']],
    ['their login gives as much: they stay', 'members', 'host', [], []],
    ['their login named a role that is no more: they go', 'open', 'ghost', ['one'], []],
  ])('where %s', async (_, access, login, ended, demoted) => {
    const scene = aModeration({ access })
    await scene.seat('ada', [speaker('one', withLogin(login))], { assigned })
    expect(await removeRole(scene.deps, scene.call(host()), ada)).toEqual({ ok: true, value: true })
    expect(scene.sent.map(({ participantId }) => participantId)).toEqual(ended)
    expect(scene.demotions.map(({ participantId }) => participantId)).toEqual(demoted)
    expect(scene.record('ada')?.assigned).toBeUndefined()
    expect(scene.events).toMatchObject([{ name: 'role.changed', previousRole: 'speaker', by: 'hana' }])
    expect(scene.events[0]).not.toHaveProperty('role')
    expect(scene.audited()).toMatchObject([{ action: 'role_removed', previousRole: 'speaker' }])
  })

  it('that could not be told is told by the same request, as the same happening', async () => {
    const scene = aModeration({ access: 'members' })
    await scene.seat('ada', [speaker('one', withLogin())], { assigned })
    scene.trouble.events = new Fault('storage_unavailable', 'down')
    await expect(removeRole(scene.deps, scene.call(host()), ada)).rejects.toThrow(Fault)
    delete scene.trouble.events
    await removeRole(scene.deps, scene.call(host(), NOW + 1_000), ada)
    await removeRole(scene.deps, scene.call(host(), NOW + 2_000), ada)
    expect(scene.events).toHaveLength(2)
    expect(scene.events[0]).toEqual(scene.events[1])
    expect(scene.sent.map(({ participantId }) => participantId)).toEqual(['one', 'one', 'one'])
  })

  it.each(['ada', 'stranger'])('of %s, who has none, changes and tells nothing', async (id) => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')])
    const before = scene.record(id)
    expect(await removeRole(scene.deps, scene.call(host()), user(id))).toEqual({ ok: true, value: true })
    expect(scene.record(id)).toBe(before)
    expect([scene.events, scene.audited()]).toEqual([[], []])
  })
})
