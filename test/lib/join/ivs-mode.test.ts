import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { eachStore } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { aScene } from '../../support/use-case.ts'

const MINUTE = 60_000
const reject = { sessionPolicy: { mode: 'reject' as const, max: 1 } }

describe.each(eachStore())('joining where IVS makes the tokens, %s', (_, stores) => {
  const scene = (stage = {}) => aScene({ stores: stores(), mode: 'ivs', stage })

  it('reserves, asks IVS, and records the participant IVS made', async () => {
    const one = await scene()
    let reserved: unknown
    one.outside.whileVending = async () => {
      reserved = await one.record()
    }
    const { answer, replayed } = granted(
      await one.join({ request: { duration: 60, attributes: { displayName: 'Ada' } } }),
    )
    expect(replayed).toBe(false)
    expect(answer).toMatchObject({
      participantId: 'ivs1',
      token: 'opaque',
      exchangeable: false,
      duration: 60,
      expiresIn: 3600,
      attributes: { displayName: 'Ada', role: 'viewer' },
    })
    expect(reserved).toMatchObject({ participants: [{ reserved: true }], live: { main: [] } })
    const record = await one.record()
    expect(record).toMatchObject({ participants: [{ id: 'ivs1' }], live: { main: ['ivs1'] } })
    expect(record?.participants).toHaveLength(1)
    expect(record?.participants[0]).not.toHaveProperty('reserved')
    expect(record?.participants[0]).not.toHaveProperty('keyId')
  })

  it('lets a host join over a ban that their rank outranks', async () => {
    const one = await scene()
    await one.change({ assigned: { role: 'host', by: 'x', at: T0 }, ban: { rank: 20, by: 'y', at: T0 } })
    expect(codeOf(await one.join())).toBe('granted')
  })

  it.each<[string, object]>([
    ['banned', { ban: { rank: 30, by: 'x', at: T0 } }],
    ['put out', { putOut: { at: T0, as: 'kicked' } }],
  ])('hands the token to nobody who was %s meanwhile', async (_label, changes) => {
    const one = await scene()
    one.outside.whileVending = async () => one.change(changes)
    expect(codeOf(await one.join())).toBe('conflict')
    expect(await one.record()).toMatchObject({ participants: [], live: { main: [] } })
  })

  it('lets someone put out meanwhile join again at once', async () => {
    const one = await scene(reject)
    one.outside.whileVending = async () => one.change({ putOut: { at: T0, as: 'kicked' } })
    expect(codeOf(await one.join({ idempotencyKey: 'k' }))).toBe('conflict')
    one.outside.whileVending = async () => {}
    expect(codeOf(await one.join({ idempotencyKey: 'k', now: T0 + 1 }))).toBe('granted')
  })

  it('leaves nothing that blocks the user when IVS fails', async () => {
    const one = await scene(reject)
    one.outside.faults.vend = new Fault('quota_backoff', 'slow down')
    await expect(one.join({ idempotencyKey: 'k' })).rejects.toBe(one.outside.faults.vend)
    expect((await one.record())?.participants).toEqual([])
    one.outside.faults = {}
    expect(codeOf(await one.join({ idempotencyKey: 'k' }))).toBe('granted')
  })

  it('leaves neither the placeholder nor what it became when the commit fails', async () => {
    const shared = stores()
    const one = await aScene({ stores: shared, mode: 'ivs', stage: reject })
    const down = new Fault('storage_unavailable', 'no answer')
    const half = one.lambda({
      ...shared,
      participants: {
        ...shared.participants,
        // The write happens, its answer never comes.
        commit: async (...args) => {
          await shared.participants.commit(...args)
          throw down
        },
      },
    })
    await expect(half.join()).rejects.toBe(down)
    expect(await one.record()).toMatchObject({ participants: [], live: { main: [] } })
    expect(codeOf(await one.join())).toBe('granted')
  })

  it('says that it is under way to a second request with the same key, and begins anew when it was given up', async () => {
    const one = await scene()
    const codes: string[] = []
    const call = { idempotencyKey: 'k' }
    one.outside.whileVending = async () => {
      one.outside.whileVending = async () => {}
      codes.push(
        codeOf(await one.lambda().join(call)),
        codeOf(await one.lambda().join({ ...call, request: { duration: 5 } })),
      )
    }
    expect(codeOf(await one.join(call))).toBe('granted')
    expect(codes).toEqual(['idempotency_in_progress', 'idempotency_conflict'])
    expect(one.outside.vended).toBe(1)
  })

  it('begins anew where the first attempt was given up on a minute ago', async () => {
    const one = await scene(reject)
    one.outside.whileVending = () => new Promise(() => {})
    const never = one.join({ idempotencyKey: 'k' })
    expect(never).toBeInstanceOf(Promise)
    await expect.poll(async () => (await one.record())?.participants.length).toBe(1)
    one.outside.whileVending = async () => {}
    const lambda = one.lambda()
    expect(codeOf(await lambda.join())).toBe('session_conflict')
    expect(codeOf(await lambda.join({ idempotencyKey: 'k', now: T0 + MINUTE }))).toBe('granted')
  })

  it('seats the id IVS made, and takes it back where there is no seat', async () => {
    const one = await scene({ defaultRole: 'speaker', seats: 1 })
    granted(await one.join())
    expect(await one.leases()).toEqual(['ivs1'])
    const bob = aCaller({ userId: 'bob' })
    expect(codeOf(await one.lambda().join({ caller: bob }))).toBe('publisher_seats_full')
    expect((await one.record('bob'))?.participants).toEqual([])
  })

  it('cannot exchange', async () => {
    const one = await scene()
    const participantId = granted(await one.join()).answer.participantId as Parameters<
      typeof one.refresh
    >[0]['participantId']
    expect(codeOf(await one.refresh({ participantId }))).toBe('exchange_unsupported')
    const keyed = await aScene({ stores: one.stores, stage: one.stage })
    expect(codeOf(await keyed.refresh({ participantId }))).toBe('exchange_unsupported')
  })
})
