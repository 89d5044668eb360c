import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { eachStore, tableForFile } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { faultyTable, repeatingTable } from '../../support/tables.ts'
import { aScene, type Setting, tableStores } from '../../support/use-case.ts'

const reject = { sessionPolicy: { mode: 'reject' as const, max: 1 } }
const replace = { sessionPolicy: { mode: 'replace' as const, max: 1 } }
const speaking = { defaultRole: 'speaker' }
const down = new Fault('storage_unavailable', 'DynamoDB did not answer: TimeoutError')
const started = tableForFile()
const bob = aCaller({ userId: 'bob' })

describe('a lost answer: the SDK writes twice and sees only the second answer', () => {
  it.each<[string, Setting, { readonly idempotencyKey?: string }]>([
    ['the common way', {}, {}],
    ['with a key', {}, { idempotencyKey: 'k' }],
    ['one session allowed', { stage: reject }, {}],
    ['a publisher', { stage: speaking }, { idempotencyKey: 'k' }],
    ['a publisher, one session', { stage: { ...speaking, ...reject } }, {}],
    ['IVS makes the token', { mode: 'ivs' }, {}],
    ['IVS makes the token, with a key', { mode: 'ivs', stage: reject }, { idempotencyKey: 'k' }],
    ['IVS makes the token of a publisher', { mode: 'ivs', stage: speaking }, {}],
  ])('%s: one participant, and a first answer', async (_label, setting, call) => {
    const scene = await aScene({ ...setting, stores: tableStores(repeatingTable(started().table)) })
    const { answer, replayed } = granted(await scene.join(call))
    expect(replayed).toBe(false)
    const record = await scene.record()
    expect(record?.participants.map(({ id }) => id)).toEqual([answer.participantId])
    expect(record?.live.main).toEqual([answer.participantId])
    expect(await scene.leases()).toEqual(setting.stage?.defaultRole === 'speaker' ? [answer.participantId] : [])
    expect(scene.outside.queued).toEqual([])
  })

  it('on the exact way too', async () => {
    const stores = tableStores(repeatingTable(started().table))
    const scene = await aScene({ stores, stage: { access: 'members' } })
    const plain = tableStores(started().table)
    await plain.participants.save(
      scene.keyOf(),
      { ...EMPTY, assigned: { role: 'moderator', by: 'x', at: T0 } },
      undefined,
    )
    expect(granted(await scene.join())).toMatchObject({ replayed: false, answer: { role: 'moderator' } })
    expect((await scene.record())?.participants).toHaveLength(1)
  })

  it('whoever was replaced by it is put out all the same, and their seat handed on', async () => {
    const stores = tableStores(repeatingTable(started().table))
    const scene = await aScene({ stores, stage: { ...speaking, ...replace, seats: 1 } })
    const first = granted(await scene.join()).answer.participantId
    const second = granted(await scene.join({ idempotencyKey: 'k' })).answer.participantId
    expect(scene.outside.queued).toMatchObject([{ participantId: first, reason: 'replaced', freesSeat: true }])
    expect(await scene.leases()).toEqual([second])
  })

  it('whoever was pruned by it is put out all the same', async () => {
    const plain = tableStores(started().table)
    const scene = await aScene({ stores: plain, limits: { unexpiredIds: 5 } })
    for (let i = 0; i < 5; i++) granted(await scene.join({ now: T0 + i * 60_000 }))
    const lambda = scene.lambda(tableStores(repeatingTable(started().table)))
    granted(await lambda.join({ now: T0 + 600_000 }))
    expect(scene.outside.queued).toHaveLength(1)
  })
})

describe('the write happens, and then its answer is given up on', () => {
  it.each([
    ['a viewer', {}],
    ['a publisher', speaking],
    ['one session allowed', reject],
  ])('%s: the retry with the same key is the same participant', async (_label, stage) => {
    const scene = await aScene({ stores: tableStores(started().table), stage })
    let failing = true
    const after = (method: string): void => {
      if (failing && method === 'update') throw down
    }
    const lambda = scene.lambda(tableStores(faultyTable(started().table, { after })))
    await expect(lambda.join({ idempotencyKey: 'k' })).rejects.toBe(down)
    failing = false
    const { answer } = granted(await lambda.join({ idempotencyKey: 'k' }))
    expect((await scene.record())?.participants.map(({ id }) => id)).toEqual([answer.participantId])
    if (stage === speaking) expect(await scene.leases()).toEqual([answer.participantId])
  })
})

describe('DynamoDB does not answer', () => {
  it.each([1, 2, 3])('at call %i of three: a fault, no token, and the retry succeeds at once', async (failingCall) => {
    const scene = await aScene({ stores: tableStores(started().table), stage: { ...speaking, ...reject } })
    let calls = 0
    const before = (): void => {
      calls += 1
      if (calls === failingCall) throw down
    }
    const lambda = scene.lambda(tableStores(faultyTable(started().table, { before })))
    // A join of a publisher makes three calls: stage, user, seat.
    await expect(lambda.join({ idempotencyKey: 'k' })).rejects.toBe(down)
    const { answer } = granted(await lambda.join({ idempotencyKey: 'k' }))
    expect((await scene.record())?.live.main).toEqual([answer.participantId])
    expect(await scene.leases()).toEqual([answer.participantId])
  })

  it('at every call: nothing but the fault', async () => {
    const scene = await aScene({ stores: tableStores(started().table) })
    const before = (): void => {
      throw down
    }
    await expect(scene.lambda(tableStores(faultyTable(started().table, { before }))).join()).rejects.toBe(down)
    expect(await scene.record()).toBeUndefined()
  })
})

describe.each(eachStore())('other trouble, %s', (_, stores) => {
  it.each(['keys', 'sign'] as const)('a secret that cannot be read (%s) leaves nothing that blocks', async (at) => {
    const scene = await aScene({ stores: stores(), stage: { ...speaking, ...reject } })
    const fault = new Fault('storage_unavailable', 'Secrets Manager did not answer')
    scene.outside.faults[at] = fault
    await expect(scene.join({ idempotencyKey: 'k' })).rejects.toBe(fault)
    expect((await scene.record())?.participants ?? []).toEqual([])
    expect(await scene.leases()).toEqual([])
    scene.outside.faults = {}
    expect(granted(await scene.join({ idempotencyKey: 'k' })).replayed).toBe(false)
  })

  it('IVS not saying who is there is a fault, and leaves nothing', async () => {
    const scene = await aScene({ stores: stores(), stage: { ...speaking, seats: 1 } })
    granted(await scene.join())
    const fault = new Fault('quota_backoff', 'slow down')
    scene.outside.faults.presence = fault
    await expect(scene.join({ caller: bob, now: T0 + 300_000 })).rejects.toBe(fault)
    expect((await scene.record('bob'))?.participants).toEqual([])
    expect(await scene.leases()).toHaveLength(1)
  })

  it('a queue that is down keeps no token from anyone', async () => {
    const scene = await aScene({ stores: stores(), stage: { ...speaking, ...replace, seats: 1 } })
    scene.outside.faults.queue = new Fault('storage_unavailable', 'SQS SendMessage: TimeoutError')
    granted(await scene.join())
    granted(await scene.join())
    expect(codeOf(await scene.join({ caller: bob, now: T0 + 300_000 }))).toBe('granted')
  })

  it('whoever was replaced is put out, also where the join then fails', async () => {
    const scene = await aScene({ stores: stores(), stage: { ...speaking, ...replace } })
    const first = granted(await scene.join()).answer.participantId
    scene.outside.faults.sign = new Fault('storage_unavailable', 'Secrets Manager did not answer')
    await expect(scene.join()).rejects.toThrow(Fault)
    expect(scene.outside.queued).toMatchObject([{ participantId: first, reason: 'replaced', freesSeat: true }])
  })

  it('a seat that is refused gives way to a subscriber’s join at once', async () => {
    const scene = await aScene({ stores: stores(), stage: { ...speaking, ...reject, seats: 1 } })
    granted(await scene.join({ caller: bob }))
    const other = scene.lambda()
    for (const lambda of [scene, other]) expect(codeOf(await lambda.join())).toBe('publisher_seats_full')
    expect(codeOf(await other.join({ request: { capabilities: ['SUBSCRIBE'] } }))).toBe('granted')
  })

  it('a full stage refuses no one whose role does not publish any more', async () => {
    const scene = await aScene({ stores: stores(), stage: { access: 'members', seats: 1 } })
    await scene.change({ assigned: { role: 'speaker', by: 'x', at: T0 } }, 'bob')
    await scene.change({ assigned: { role: 'speaker', by: 'x', at: T0 } })
    granted(await scene.join({ caller: bob }))
    expect(codeOf(await scene.join())).toBe('publisher_seats_full')
    await scene.change({ assigned: { role: 'viewer', by: 'x', at: T0 } })
    expect(granted(await scene.join()).answer.role).toBe('viewer')
  })
})

const EMPTY = {
  ...{ version: T0, generation: 1, participants: [], pruned: [], mints: [] },
  ...{ live: { main: [], screen: [] }, connected: { main: [], screen: [] } },
}
