import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { UserId } from '../../../lib/ids.ts'
import type { ParticipantStore } from '../../../lib/participant/participant-store.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { T0 } from '../../support/participants.ts'
import { aLog, aScene, memoryStores, type Setting, termsOf } from '../../support/use-case.ts'

/** A scene whose steps are kept: each optimistic write when it is sent and answered, and each signature. */
async function followed(setting: Setting = {}, changed: Partial<ParticipantStore> = {}) {
  const steps: string[] = []
  const stores = memoryStores()
  const participants: ParticipantStore = {
    ...stores.participants,
    async admit(key, attempt) {
      steps.push('sent')
      // As far away as a table: whatever this process can do meanwhile, it does.
      await new Promise((resolve) => setImmediate(resolve))
      const answer = await stores.participants.admit(key, attempt)
      steps.push('answered')
      return answer
    },
    ...changed,
  }
  const scene = await aScene({ ...setting, stores: { ...stores, participants } })
  const log = aLog()
  const time = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (name === 'sign') steps.push('signed')
    return work()
  }
  const join: typeof scene.join = (call) => scene.join({ ...call, log: { ...log, time } })
  return { steps, scene, log, join }
}

describe('a token', () => {
  it('is signed once, while the write that lets its holder in is under way, and says what was recorded', async () => {
    const { steps, scene, join } = await followed()
    const { answer } = granted(await join())
    expect(steps).toEqual(['sent', 'signed', 'answered'])
    const [recorded] = (await scene.record())?.participants ?? []
    expect(recorded?.id).toBe(answer.participantId)
    expect(termsOf(answer.token)).toMatchObject({ participantId: answer.participantId, keyId: recorded?.keyId })
  })

  it('is made for nobody whom the login or the policy refuses', async () => {
    const { steps, join } = await followed()
    expect(codeOf(await join({ request: { capabilities: ['PUBLISH'] } }))).toBe('capability_not_allowed')
    expect(steps).not.toContain('signed')
  })

  it('is not begun for a role that its holder is only supposed to have; made then, if they have it', async () => {
    const { steps, scene, join } = await followed()
    expect(codeOf(await join({ request: { role: 'host' } }))).toBe('role_not_allowed')
    expect(steps).toEqual(['sent', 'answered'])
    steps.length = 0
    await scene.change({ assigned: { role: 'host', at: T0, by: 'admin' as UserId } }, 'eve')
    const { answer } = granted(await join({ caller: aCaller({ userId: 'eve' as UserId }), request: { role: 'host' } }))
    expect(answer.role).toBe('host')
    expect(steps).toEqual(['sent', 'answered', 'signed'])
  })

  it('is handed to nobody whose write is refused, and no grant is logged', async () => {
    const { steps, scene, log, join } = await followed()
    await scene.change({ ban: { rank: 20, at: T0, by: 'host' as UserId } })
    expect(codeOf(await join())).toBe('banned')
    expect(steps).toEqual(['sent', 'signed', 'answered'])
    expect(log.grants).toEqual([])
    expect((await scene.record())?.participants).toEqual([])
  })

  it('is another one where the record lets somebody else in than was assumed', async () => {
    const { steps, scene, join } = await followed()
    await scene.change({ assigned: { role: 'speaker', at: T0, by: 'host' as UserId } })
    const { answer } = granted(await join())
    expect(steps.filter((step) => step === 'signed')).toHaveLength(2)
    expect(answer.role).toBe('speaker')
    expect(termsOf(answer.token)).toMatchObject({
      participantId: answer.participantId,
      attributes: { role: 'speaker' },
    })
    expect(termsOf(answer.token).capabilities).toEqual(answer.capabilities)
  })

  it('is dropped where no seat is free for its holder', async () => {
    const { steps, scene, log, join } = await followed({ stage: { seats: 1, roles: {}, defaultRole: 'speaker' } })
    granted(await scene.lambda().join({ caller: aCaller({ userId: 'bob' as UserId }) }))
    steps.length = 0
    expect(codeOf(await join())).toBe('publisher_seats_full')
    expect(steps).toEqual(['sent', 'signed', 'answered'])
    expect(log.grants).toEqual([])
    expect((await scene.record())?.participants).toEqual([])
  })

  it('that cannot be signed takes the participant back', async () => {
    const { scene, join } = await followed()
    scene.outside.faults.sign = new Fault('storage_unavailable', 'no key')
    await expect(join()).rejects.toThrow('no key')
    expect((await scene.record())?.participants).toEqual([])
  })

  it('that cannot be signed is nobody’s trouble where the write is refused as well', async () => {
    const { scene, join } = await followed()
    scene.outside.faults.sign = new Fault('storage_unavailable', 'no key')
    await scene.change({ ban: { rank: 20, at: T0, by: 'host' as UserId } })
    expect(codeOf(await join())).toBe('banned')
  })

  it('is not begun where the write fails before it is sent', async () => {
    const down = new Fault('storage_unavailable', 'the table is down')
    const { join } = await followed({}, { admit: () => Promise.reject(down) })
    await expect(join()).rejects.toThrow('the table is down')
  })
})
