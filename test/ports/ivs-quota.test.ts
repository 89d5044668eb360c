import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIvsQuota } from '../../lib/ivs/quota.dynamodb.ts'
import { type IvsQuota, PRIORITIES, type Priority } from '../../lib/ivs/quota.ts'
import { startTable } from '../support/dynamodb.ts'
import { createMemoryQuota } from '../support/memory-quota.ts'
import { T0 } from '../support/participants.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

interface Setting {
  readonly share?: number
}

/** Each quota has an operation of its own, so that none sees another's calls. */
const aQuota = (create: typeof createMemoryQuota, { share = 0.8 }: Setting = {}) => {
  const time = { now: T0 }
  const name = crypto.randomUUID()
  const quota = create({ share, clock: () => time.now })
  return { time, take: (priority: Priority, operation = name) => quota.take(operation, priority) }
}
const granted = { granted: true }

describe.each<[string, typeof createMemoryQuota]>([
  ['in memory', createMemoryQuota],
  ['DynamoDB', (settings) => createIvsQuota(table.table, settings)],
])('the quota %s', (_, create) => {
  it('gives a whole number of places a second, and says when the next comes free', async () => {
    const { time, take } = aQuota(create)
    for (const _ of '1234') expect(await take('sweep')).toEqual(granted)
    time.now += 400
    expect(await take('sweep')).toEqual({ granted: false, waitMs: 600 })
    time.now += 600
    for (const _ of '1234') expect(await take('sweep')).toEqual(granted)
    expect(await take('sweep')).toMatchObject({ granted: false })
  })

  it.each([
    [1, 5],
    [0.5, 2],
    [0.2, 1],
    [0.01, 1],
  ])('with a share of %d gives %d of five', async (share, calls) => {
    const { take } = aQuota(create, { share })
    const answers: boolean[] = []
    for (let call = 0; call < 8; call++) answers.push((await take('sweep')).granted)
    expect(answers.filter(Boolean)).toHaveLength(calls)
  })

  it('counts each operation by itself, and tags by their own quota', async () => {
    const { take } = aQuota(create)
    for (const _ of '1234') await take('sweep')
    expect(await take('sweep', crypto.randomUUID())).toEqual(granted)
  })

  it('keeps the place that comes free for whoever came first in rank', async () => {
    const { time, take } = aQuota(create)
    for (const _ of '1234') await take('leave')
    expect(await take('ban')).toMatchObject({ granted: false, waitMs: 1000 })
    time.now += 1000
    expect(await take('leave')).toMatchObject({ granted: false })
    expect(await take('kick')).toMatchObject({ granted: false })
    expect(await take('ban')).toEqual(granted)
  })

  it('gives the place to others when the one it was kept for does not come back', async () => {
    const { time, take } = aQuota(create)
    for (const _ of '1234') await take('leave')
    await take('ban')
    time.now += 1151
    expect(await take('sweep')).toEqual(granted)
  })

  it('waits for nobody whose clock was an hour ahead', async () => {
    const { time, take } = aQuota(create)
    time.now += 3_600_000
    for (const _ of '12345') await take('leave')
    await take('ban')
    time.now = T0
    expect(await take('sweep')).toEqual(granted)
  })
})

describe('DisconnectParticipant', () => {
  // The one operation with places that are kept; a table of its own, because its name is its key.
  it('keeps a place in every second for bans and kicks', async () => {
    const { table: fresh, stop } = await startTable()
    const quotas = [
      createMemoryQuota({ share: 0.8, clock: () => T0 }),
      createIvsQuota(fresh, { share: 0.8, clock: () => T0 }),
    ]
    for (const quota of quotas) {
      for (const _ of '123') expect(await quota.take('DisconnectParticipant', 'leave')).toEqual(granted)
      expect(await quota.take('DisconnectParticipant', 'demotion')).toMatchObject({ granted: false })
      expect(await quota.take('DisconnectParticipant', 'kick')).toEqual(granted)
    }
    await stop()
  })
})

describe('the two together', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 700 }), priority: fc.constantFrom(...PRIORITIES) })

  it('answer the same to any history, and never give more in a second than there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const time = { now: T0 }
        const settings = { share: 0.8, clock: () => time.now }
        const operation = crypto.randomUUID()
        const both: readonly IvsQuota[] = [createMemoryQuota(settings), createIvsQuota(table.table, settings)]
        const calls: number[] = []
        for (const { wait, priority } of steps) {
          time.now += wait
          const [one, other] = await Promise.all(both.map((quota) => quota.take(operation, priority)))
          expect(other).toEqual(one)
          if (one?.granted) calls.push(time.now)
        }
        for (const at of calls)
          expect(calls.filter((call) => call >= at && call < at + 1000).length).toBeLessThanOrEqual(4)
      }),
      { numRuns: 25 },
    )
  })

  it('give exactly four places to fifty at once', async () => {
    const quota = createIvsQuota(table.table, { share: 0.8, clock: () => T0 })
    const operation = crypto.randomUUID()
    const answers = await Promise.all(Array.from({ length: 50 }, () => quota.take(operation, 'sweep')))
    expect(answers.filter((answer) => answer.granted)).toHaveLength(4)
  })
})
