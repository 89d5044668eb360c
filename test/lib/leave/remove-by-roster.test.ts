import { expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { emptyRoster, type Minted, type RosterEntry } from '../../../lib/roster/roster.ts'
import { microsOf } from '../../../lib/time.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { participantId, T0, userKey } from '../../support/participants.ts'
import { aScene, type Scene } from '../../support/use-case.ts'

const moderator = aCaller({ userId: 'mod', roles: ['moderator'] })
const rest = { role: 'viewer', slot: 'main', capabilities: ['SUBSCRIBE'], attributes: {} } as const
const of = (user: string): Minted => ({ ...rest, userId: userKey(user).userId })

async function onRoster(id = 'stranger', minted?: Minted): Promise<Scene> {
  const scene = await aScene()
  const seen = { participantId: participantId(id), at: microsOf(T0), publishing: true, connected: true, precise: true }
  const entry: RosterEntry = { ...seen, ...(minted !== undefined && { minted }) }
  scene.outside.roster = { ...emptyRoster(T0), entries: [entry] }
  return scene
}
const remove = (scene: Scene, caller = moderator, id = 'stranger') =>
  scene.leave({ participantId: participantId(id), caller, requestId: 'request-1' })

it.each([
  ['viewer', 'granted'],
  ['host', 'outranked'],
])('a moderator need not say whose a participant on the roster is: a %s’s is %s', async (role, code) => {
  const scene = await onRoster()
  const joined = await scene.join({ caller: aCaller({ roles: [role] }) })
  const id = granted(joined).answer.participantId
  scene.outside.roster = (await onRoster(id, of('ada'))).outside.roster ?? emptyRoster(T0)
  expect(codeOf(await remove(scene, moderator, id))).toBe(code)
  expect((await scene.record())?.participants[0]?.ended).toBe(code === 'granted' ? 'kicked' : undefined)
})

it.each([
  ['nobody’s', undefined],
  ['somebody’s', of('ada')],
])('to whoever does not moderate, %s is not there', async (_, minted) => {
  const scene = await onRoster('stranger', minted)
  expect(codeOf(await remove(scene, aCaller({ userId: 'eve' })))).toBe('participant_not_found')
  await scene.change({ ban: { rank: 30, by: 'x', at: T0 } }, 'mod')
  expect(codeOf(await remove(scene))).toBe('participant_not_found')
  expect([scene.outside.queued, scene.outside.audited]).toEqual([[], []])
})

it('one that we did not let in is put out from the queue, and that is written down', async () => {
  const scene = await onRoster()
  expect(codeOf(await remove(scene))).toBe('granted')
  const { queued, audited } = scene.outside
  expect(queued).toMatchObject([{ participantId: 'stranger', reason: 'kicked', priority: 'kick', freesSeat: false }])
  expect(audited).toMatchObject([
    { action: 'participant_removed', by: 'mod', participantId: 'stranger', requestId: 'request-1' },
  ])
  expect([...queued, ...audited].some((one) => Object.hasOwn(one, 'userId'))).toBe(false)
})

it('is not done where it could not be sent on', async () => {
  const scene = await onRoster()
  scene.outside.faults.queue = new Fault('storage_unavailable', 'SQS SendMessage: x')
  await expect(remove(scene)).rejects.toBe(scene.outside.faults.queue)
})

it('who is not on the roster is not there', async () => {
  const scene = await onRoster('another')
  expect(codeOf(await remove(scene))).toBe('participant_not_found')
  expect([scene.outside.queued, scene.outside.audited]).toEqual([[], []])
})
