import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { REFRESH_ENDPOINTS_AFTER_MS, refreshed, upkeep } from '../../../lib/upkeep/upkeep.ts'
import { memoryIvs } from '../../support/ivs-stages.ts'
import { createMemoryStageStore } from '../../support/memory-stage-store.ts'
import { T0 } from '../../support/participants.ts'
import { arnOf, aStage, endpointsAt, stageId } from '../../support/stages.ts'

const DAY = 86_400_000
const OLD = T0 - REFRESH_ENDPOINTS_AFTER_MS

async function aHouse(...stages: Partial<Stage>[]) {
  const store = createMemoryStageStore()
  const ivs = memoryIvs()
  const waits: number[] = []
  const all = stages.map((changes, i) => aStage({ generation: { number: 1, stageArn: arnOf(`s${i}`) }, ...changes }))
  for (const stage of all) {
    await store.create(stage)
    const { events, whip } = endpointsAt(1)
    ivs.stages.set(stage.generation.stageArn, {
      stageArn: stage.generation.stageArn,
      endpoints: { events, whip },
      tags: {},
    })
  }
  const stored = async (i: number) => store.get(all[i]?.stageId ?? stageId('none'))
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  return { store, ivs, waits, stored, run: (now = T0) => upkeep({ stages: store, ivs, wait }, now) }
}

describe('the upkeep of stages', () => {
  it('asks again about endpoints that are a week old, and about no others', async () => {
    const house = await aHouse({ endpoints: [endpointsAt(1, OLD)] }, { endpoints: [endpointsAt(1, OLD + 1)] })
    expect(await house.run()).toEqual({ seen: 2, refreshed: 1, removed: 0, failed: 0 })
    expect(house.ivs.calls).toEqual(['get s0'])
    expect((await house.stored(0))?.endpoints).toEqual([endpointsAt(1, T0)])
    expect((await house.stored(1))?.version).toBe(1)
    expect(await house.run(T0 + 1)).toMatchObject({ refreshed: 1 })
    expect(await house.run(T0 + 1)).toMatchObject({ refreshed: 0 })
  })

  it('keeps a pace that leaves IVS’s five calls a second to others', async () => {
    const house = await aHouse(
      ...Array.from({ length: 7 }, () => ({ endpoints: [endpointsAt(1, OLD)] as Stage['endpoints'] })),
    )
    await house.run()
    expect(house.waits).toHaveLength(7)
    expect(Math.min(...house.waits)).toBeGreaterThanOrEqual(400)
  })

  it('goes through every page', async () => {
    const house = await aHouse(
      ...Array.from({ length: 230 }, () => ({ endpoints: [endpointsAt(1, OLD)] as Stage['endpoints'] })),
    )
    expect(await house.run()).toMatchObject({ seen: 230, refreshed: 230 })
  })

  it('goes on where one stage is in trouble', async () => {
    const house = await aHouse({ endpoints: [endpointsAt(1, OLD)] }, { retired: [arnOf('old')] })
    house.ivs.failing.add('get')
    expect(await house.run()).toMatchObject({ failed: 2 })
    house.ivs.failing.clear()
    expect(await house.run()).toMatchObject({ failed: 0, refreshed: 2 })
  })

  it('lets an old IVS stage that will not go keep nobody’s endpoints from being asked for', async () => {
    const house = await aHouse({ endpoints: [endpointsAt(1, OLD)], retired: [arnOf('old')] })
    house.ivs.failing.add('remove')
    expect(await house.run()).toMatchObject({ failed: 1 })
    expect(await house.stored(0)).toMatchObject({ endpoints: [{ fetchedAt: T0 }], retired: [arnOf('old')] })
  })

  it('touches no endpoints of a stage that is being deleted', async () => {
    const house = await aHouse({ endpoints: [endpointsAt(1, OLD)], deleting: true })
    await house.run()
    expect(house.ivs.calls).toEqual([])
    expect((await house.stored(0))?.deleting).toBe(true)
  })

  it('says so where somebody changed the record meanwhile', async () => {
    const house = await aHouse({ endpoints: [endpointsAt(1, OLD)] })
    const stages = { ...house.store, save: async () => false }
    expect(await upkeep({ stages, ivs: house.ivs, wait: async () => {} }, T0)).toMatchObject({ failed: 1 })
  })

  it('stops at what is no fault of a service', async () => {
    const house = await aHouse({ endpoints: [endpointsAt(1, OLD)] })
    const broken = new Error('ours')
    const ivs = { ...house.ivs, get: () => Promise.reject(broken) }
    await expect(upkeep({ stages: house.store, ivs, wait: async () => {} }, T0)).rejects.toBe(broken)
    expect(broken).not.toBeInstanceOf(Fault)
  })
})

describe('the history of endpoints', () => {
  const { events, whip } = endpointsAt(1)
  const others = { events: 'wss://other', whip: 'https://other' }

  it('knows the same hosts again: only their age changes', () => {
    expect(refreshed([endpointsAt(1, 5)], { events, whip }, T0)).toEqual([endpointsAt(1, T0)])
  })

  it('gives other hosts a version, and keeps those that tokens may still name', () => {
    const history = [
      endpointsAt(1, T0 - 31 * DAY),
      endpointsAt(2, T0 - 29 * DAY),
      endpointsAt(3, T0 - 7 * DAY),
    ] as const
    expect(refreshed(history, others, T0)).toEqual([history[1], history[2], { ...others, version: 4, fetchedAt: T0 }])
  })

  it('keeps the last ones, however long nobody could ask: tokens were signed with them until now', () => {
    const history = [endpointsAt(1, T0 - 40 * DAY)] as const
    expect(refreshed(history, others, T0)).toEqual([history[0], { ...others, version: 2, fetchedAt: T0 }])
  })

  it.each([
    ['events', { events: 'wss://other', whip }],
    ['whip', { events, whip: 'https://other' }],
  ])('counts another %s host as another version', (_label, urls) => {
    expect(refreshed([endpointsAt(1)], urls, T0)).toHaveLength(2)
  })
})
