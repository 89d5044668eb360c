import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { decideGrant } from '../../../lib/grant/decide-grant.ts'
import { banUser, kickUser, unbanUser } from '../../../lib/moderation/put-out.ts'
import { standingOf } from '../../../lib/participant/admission.ts'
import { endReasonOf } from '../../../lib/participant/user-record.ts'
import { aCaller, anAdmin } from '../../support/callers.ts'
import { aModeration, host, moderator, user } from '../../support/moderation.ts'
import { aParticipant, participantId, T0 } from '../../support/participants.ts'
import { rules } from '../../support/stages.ts'

const NOW = T0 + 60_000
const SECONDS = NOW / 1000
const ada = user('ada')
const answerTo = (record: ReturnType<ReturnType<typeof aModeration>['record']>, at = SECONDS) => {
  const decided = decideGrant(rules(), aCaller(), standingOf(record), {}, at)
  return decided.ok ? 'granted' : { ...decided.refusal.refusal }
}

/** Ada with two feeds, an unused token, one that is being made, one that ran out while connected and one that ran out longer ago than anybody stays. */
async function fullHouse(scene: ReturnType<typeof aModeration>): Promise<void> {
  await scene.seat(
    'ada',
    [
      aParticipant('camera', { capabilities: ['PUBLISH', 'SUBSCRIBE'], role: 'speaker' }),
      aParticipant('screen', { slot: 'screen', capabilities: ['PUBLISH'], role: 'speaker' }),
      aParticipant('unused'),
      aParticipant('left', { ended: 'left' }),
      aParticipant('making', { reserved: true }),
      aParticipant('lingering', { mintedAt: T0 - 86_400_000 }),
      aParticipant('over', { mintedAt: T0 - 2 * 86_400_000 }),
    ],
    { connected: ['camera', 'lingering'] },
  )
}
/** Those seen there first. Who had left before is put off after them, and was told of then. */
const HELD = ['camera', 'lingering', 'screen', 'unused']
const ALL = [...HELD, 'left']

describe('a kick', () => {
  it('ends every id that may still be used or on the stage, and says what is done already', async () => {
    const scene = aModeration()
    await fullHouse(scene)
    const kicked = await kickUser(scene.deps, scene.call(moderator()), ada, { reason: 'noise' })
    expect(kicked).toEqual({
      ok: true,
      value: { disconnected: ['camera', 'lingering'], pending: ['screen', 'unused'] },
    })
    expect(scene.sent.map(({ participantId }) => participantId)).toEqual(ALL)
    expect(scene.sent.map(({ freesSeat }) => freesSeat)).toEqual([true, false, true, false, false])
    expect(scene.sent[0]).toMatchObject({ reason: 'kicked', priority: 'kick', userId: 'ada', generation: 1 })
    expect(scene.sent.at(-1)).toMatchObject({ reason: 'kicked', priority: 'kick', again: true })
    expect(scene.places.asked).toEqual(['DisconnectParticipant kick', 'DisconnectParticipant kick'])
    expect(scene.audited()).toMatchObject([{ action: 'kicked', by: 'bob', userId: 'ada', reason: 'noise', at: NOW }])
  })

  it('leaves nothing that could be refreshed or committed, and lets the user come back', async () => {
    const scene = aModeration()
    await fullHouse(scene)
    await kickUser(scene.deps, scene.call(moderator()), ada, {})
    const record = scene.record('ada')
    if (record === undefined) throw new Error('the record is gone')
    const reasons = record.participants.map((one) => endReasonOf(record, one, SECONDS))
    expect(reasons).toEqual(['kicked', 'kicked', 'kicked', 'left', 'kicked', 'kicked', 'kicked'])
    expect([record.live, record.connected]).toEqual([
      { main: [], screen: [] },
      { main: [], screen: [] },
    ])
    const [reserved] = record.participants.filter((one) => one.reserved)
    const key = { stageUid: scene.stage().uid, userId: ada }
    const made = aParticipant('made')
    if (reserved === undefined) throw new Error('the placeholder is gone')
    expect(await scene.participants.commit(key, { reserved, participant: made, rank: 0, now: NOW })).toBe(false)
    expect(answerTo(record)).toBe('granted')
  })

  it('puts out those minted by a clock ahead of ours', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('early', { mintedAt: NOW + 1_500 })])
    await kickUser(scene.deps, scene.call(moderator()), ada, {})
    expect(scene.record('ada')?.putOut?.at).toBe(NOW + 1_500)
  })

  it('with a cool-down keeps the user out until it is over', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')])
    await kickUser(scene.deps, scene.call(moderator()), ada, { cooldownSeconds: 300 })
    expect(answerTo(scene.record('ada'))).toEqual({ code: 'banned', until: SECONDS + 300 })
    expect(answerTo(scene.record('ada'), SECONDS + 299)).toMatchObject({ code: 'banned' })
    expect(answerTo(scene.record('ada'), SECONDS + 300)).toBe('granted')
  })

  it('does not shorten the cool-down that a higher rank set', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')])
    await kickUser(scene.deps, scene.call(host()), ada, { cooldownSeconds: 3600 })
    await kickUser(scene.deps, scene.call(moderator()), ada, { cooldownSeconds: 1 })
    expect(answerTo(scene.record('ada'))).toEqual({ code: 'banned', until: SECONDS + 3600 })
  })

  it('of somebody nobody knows is of no one', async () => {
    const scene = aModeration()
    expect(await kickUser(scene.deps, scene.call(moderator()), ada, {})).toEqual({
      ok: false,
      refusal: { code: 'user_not_found' },
    })
  })

  it('has nobody to put off after a reset', async () => {
    const scene = aModeration()
    await fullHouse(scene)
    scene.reset()
    const kicked = await kickUser(scene.deps, scene.call(moderator()), ada, {})
    expect(kicked).toMatchObject({ value: { disconnected: [], pending: [] } })
    expect(scene.record('ada')).toMatchObject({ generation: 2, participants: [] })
  })

  it.each<[string, (scene: ReturnType<typeof aModeration>) => void]>([
    ['the quota has no place', (scene) => Object.assign(scene.places, { left: 0 })],
    ['IVS is down', (scene) => Object.assign(scene.trouble, { ivs: new Fault('ivs_error', 'down') })],
  ])('is pending where %s', async (_, happens) => {
    const scene = aModeration()
    await fullHouse(scene)
    happens(scene)
    const kicked = await kickUser(scene.deps, scene.call(moderator()), ada, {})
    expect(kicked).toMatchObject({ value: { disconnected: [], pending: HELD } })
    expect(scene.sent).toHaveLength(ALL.length)
  })

  it('has everyone it forgot watched for, and tells nothing of them', async () => {
    const scene = aModeration()
    const pruned = [{ id: participantId('old'), expiresAt: SECONDS + 600, ended: 'replaced' as const }]
    await scene.seat('ada', [aParticipant('one')], { pruned })
    const kicked = await kickUser(scene.deps, scene.call(moderator()), ada, {})
    expect(kicked).toMatchObject({ value: { disconnected: [], pending: ['one'] } })
    expect(scene.watched).toMatchObject([
      { userId: 'ada', reason: 'kicked', ids: [{ participantId: 'old', expiresAt: SECONDS + 600 }] },
    ])
    expect(scene.record('ada')?.pruned).toEqual([{ ...pruned[0], ended: 'kicked' }])
  })

  it('made again tells of the same ids within a minute, unless somebody has come back since', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')])
    const kickAt = (now: number) => kickUser(scene.deps, scene.call(moderator(), now), ada, {})
    expect(await kickAt(NOW)).toMatchObject({ value: { pending: ['one'] } })
    expect(await kickAt(NOW + 59_000)).toMatchObject({ value: { pending: ['one'] } })
    expect(await kickAt(NOW + 119_001)).toMatchObject({ value: { pending: [] } })
    const record = scene.record('ada')
    await scene.seat('ada', [...(record?.participants ?? []), aParticipant('two', { mintedAt: NOW + 120_000 })], {
      ...(record?.putOut && { putOut: record.putOut }),
    })
    expect(await kickAt(NOW + 121_000)).toMatchObject({ value: { pending: ['two'] } })
    expect(scene.sent.at(-1)).toMatchObject({ participantId: 'one', again: true })
  })

  it('of a moment ago that did not get through is whole in the ban that follows it', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')], { connected: ['one'] })
    Object.assign(scene.places, { left: 0 })
    scene.trouble.endings = new Fault('storage_unavailable', 'down')
    await expect(kickUser(scene.deps, scene.call(moderator()), ada, {})).rejects.toThrow(Fault)
    delete scene.trouble.endings
    const banned = await banUser(scene.deps, scene.call(moderator(), NOW + 5_000), ada, {})
    expect(banned).toMatchObject({ value: { pending: ['one'] } })
    expect(scene.sent).toMatchObject([{ participantId: 'one', reason: 'banned', priority: 'ban' }])
    expect(scene.sent[0]).not.toHaveProperty('again')
  })

  it('tries no more than three at once itself', async () => {
    const scene = aModeration()
    const ids = Array.from({ length: 8 }, (_, index) => `p${index}`)
    await scene.seat(
      'ada',
      ids.map((id) => aParticipant(id)),
      { connected: ids },
    )
    const kicked = await kickUser(scene.deps, scene.call(moderator()), ada, {})
    expect(kicked.ok && kicked.value.disconnected).toHaveLength(3)
    expect(kicked.ok && kicked.value.pending).toHaveLength(5)
  })
})

describe('a ban', () => {
  it('refuses from now on, ends every id, and tells it', async () => {
    const scene = aModeration()
    await fullHouse(scene)
    const request = { until: SECONDS + 600, reason: 'spam' }
    const banned = await banUser(scene.deps, scene.call(moderator()), ada, request)
    expect(banned).toMatchObject({ value: { isNew: true, disconnected: ['camera', 'lingering'] } })
    expect(answerTo(scene.record('ada'))).toEqual({ code: 'banned', until: SECONDS + 600 })
    expect(scene.sent.every(({ reason, priority }) => reason === 'banned' && priority === 'ban')).toBe(true)
    expect(scene.sent.map(({ again = false }) => again)).toEqual([...HELD.map(() => false), true])
    expect(scene.events).toMatchObject([
      { name: 'user.banned', userId: 'ada', by: 'bob', at: NOW, until: new Date((SECONDS + 600) * 1000).toISOString() },
    ])
    expect(scene.audited()).toMatchObject([{ action: 'banned', userId: 'ada', rule: 'higher_rank' }])
  })

  it('of somebody who was never here holds when they come', async () => {
    const scene = aModeration()
    const banned = await banUser(scene.deps, scene.call(moderator()), ada, {})
    expect(banned).toMatchObject({ value: { isNew: true, disconnected: [], pending: [] } })
    expect(answerTo(scene.record('ada'))).toEqual({ code: 'banned' })
  })

  it('does not bind whoever outranks who made it', async () => {
    const scene = aModeration()
    await banUser(scene.deps, scene.call(moderator()), ada, {})
    const standing = standingOf(scene.record('ada'))
    expect(decideGrant(rules(), aCaller({ stageGrants: { demo: 'host' } }), standing, {}, SECONDS).ok).toBe(true)
    expect(decideGrant(rules(), aCaller({ stageGrants: { demo: 'moderator' } }), standing, {}, SECONDS).ok).toBe(false)
  })

  it('by an admin binds everyone', async () => {
    const scene = aModeration()
    await banUser(scene.deps, scene.call(anAdmin()), ada, {})
    const standing = standingOf(scene.record('ada'))
    expect(decideGrant(rules(), aCaller({ stageGrants: { demo: 'host' } }), standing, {}, SECONDS).ok).toBe(false)
  })

  it.each<[string, 'endings' | 'events' | 'audit']>([
    ['what must end cannot be sent', 'endings'],
    ['it cannot be told', 'events'],
    ['it cannot be written down', 'audit'],
  ])('is to be repeated where %s, and is then the same ban, sent and told whole', async (_, what) => {
    const scene = aModeration()
    await fullHouse(scene)
    scene.trouble[what] = new Fault('storage_unavailable', 'down')
    const request = { reason: 'spam' }
    await expect(banUser(scene.deps, scene.call(moderator()), ada, request)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    delete scene.trouble[what]
    scene.sent.length = 0
    const again = await banUser(scene.deps, scene.call(moderator(), NOW + 2_000), ada, request)
    expect(again).toMatchObject({ value: { isNew: false, ban: { at: NOW } } })
    expect(scene.sent.map(({ participantId }) => participantId).sort()).toEqual(ALL.toSorted())
    expect(new Set(scene.events.map(({ id }) => id)).size).toBe(1)
    expect(scene.audited()).toHaveLength(1)
  })

  it('that is changed is another one', async () => {
    const scene = aModeration()
    await banUser(scene.deps, scene.call(moderator()), ada, {})
    const changed = await banUser(scene.deps, scene.call(moderator(), NOW + 1_000), ada, { until: SECONDS + 600 })
    expect(changed).toMatchObject({ value: { isNew: false, ban: { at: NOW + 1_000, until: SECONDS + 600 } } })
    expect(new Set(scene.events.map(({ id }) => id)).size).toBe(2)
  })

  it('must end in the future', async () => {
    const scene = aModeration()
    const banned = await banUser(scene.deps, scene.call(moderator()), ada, { until: SECONDS })
    expect(banned).toMatchObject({ refusal: { code: 'invalid_request', errors: [{ pointer: '/until' }] } })
  })

  it('by a higher rank is not replaced or lifted by a lower one', async () => {
    const scene = aModeration()
    await banUser(scene.deps, scene.call(host()), ada, {})
    const shorter = await banUser(scene.deps, scene.call(moderator()), ada, { until: SECONDS + 1 })
    const lifted = await unbanUser(scene.deps, scene.call(moderator()), ada)
    for (const refused of [shorter, lifted]) expect(refused).toEqual({ ok: false, refusal: { code: 'outranked' } })
    expect(await unbanUser(scene.deps, scene.call(host('hugo')), ada)).toEqual({ ok: true, value: true })
  })
})

describe('lifting a ban', () => {
  it('lets the user in again, while ended ids stay ended', async () => {
    const scene = aModeration()
    await fullHouse(scene)
    await banUser(scene.deps, scene.call(moderator()), ada, {})
    await unbanUser(scene.deps, scene.call(moderator()), ada)
    const record = scene.record('ada')
    expect(answerTo(record)).toBe('granted')
    expect(record?.participants.every(({ ended }) => ended !== undefined)).toBe(true)
    expect(scene.events.at(-1)).toMatchObject({ name: 'user.unbanned', userId: 'ada', by: 'bob' })
    expect(scene.audited().at(-1)).toMatchObject({ action: 'unbanned', by: 'bob' })
  })

  it('lifts the cool-down of a kick too', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')])
    await kickUser(scene.deps, scene.call(moderator()), ada, { cooldownSeconds: 300 })
    await unbanUser(scene.deps, scene.call(moderator()), ada)
    expect(answerTo(scene.record('ada'))).toBe('granted')
  })

  it('again is told as the same happening, and of a user without a ban not at all', async () => {
    const scene = aModeration()
    await banUser(scene.deps, scene.call(moderator()), ada, {})
    scene.trouble.events = new Fault('storage_unavailable', 'down')
    await expect(unbanUser(scene.deps, scene.call(moderator()), ada)).rejects.toThrow(Fault)
    delete scene.trouble.events
    scene.events.length = 0
    await unbanUser(scene.deps, scene.call(host(), NOW + 5_000), ada)
    await unbanUser(scene.deps, scene.call(moderator(), NOW + 9_000), ada)
    expect(scene.events).toHaveLength(2)
    expect(scene.events[0]).toEqual(scene.events[1])
    expect(scene.events[0]).toMatchObject({ by: 'bob', at: NOW })
    expect(scene.audited().filter(({ action }) => action === 'unbanned')).toHaveLength(1)
    await unbanUser(scene.deps, scene.call(moderator()), user('stranger'))
    expect(scene.events).toHaveLength(2)
  })
})

it('two who ban at once come one after the other: the record is one of the two bans, whole', async () => {
  const scene = aModeration()
  await fullHouse(scene)
  const [one, other] = await Promise.all([
    banUser(scene.deps, scene.call(moderator('bob')), ada, { reason: 'one' }),
    banUser(scene.deps, scene.call(moderator('eve')), ada, { reason: 'other', until: SECONDS + 60 }),
  ])
  expect([one.ok, other.ok]).toEqual([true, true])
  const ban = scene.record('ada')?.ban
  const bobs = { by: 'bob', reason: 'one', rank: 20, at: NOW }
  const eves = { by: 'eve', reason: 'other', rank: 20, at: NOW, until: SECONDS + 60 }
  expect([bobs, eves]).toContainEqual(ban)
})

it('a record that changes under every attempt is a fault to retry', async () => {
  const scene = aModeration()
  await fullHouse(scene)
  const deps = { ...scene.deps, participants: { ...scene.deps.participants, save: async () => false } }
  await expect(kickUser(deps, scene.call(moderator()), ada, {})).rejects.toMatchObject({ code: 'storage_unavailable' })
})

it('is kept in the audit for as long as the configuration says', async () => {
  const { deps, call } = aModeration()
  const kept: number[] = []
  const append = async (_: unknown, __: unknown, seconds: number) => void kept.push(seconds)
  const config = { ...deps.config, audit: { keepDays: 7 } }
  await banUser({ ...deps, config, audit: { ...deps.audit, append } }, call(moderator()), user('ada'), {})
  expect(kept).toEqual([7 * 86_400])
})
