import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { createStageCache, STAGE_CACHE_MS } from '../../../lib/stage/stage-cache.ts'
import { aStage, stageId } from '../../support/stages.ts'

function aCache(stage: Stage | undefined = aStage()) {
  const world = {
    ...{ now: 0, reads: 0, hold: Promise.resolve() },
    stage: stage as Stage | undefined,
    fault: undefined as Fault | undefined,
  }
  const store = {
    async get() {
      world.reads += 1
      const { fault, stage: read } = world
      await world.hold
      if (fault) throw fault
      return read
    },
  }
  return { world, cache: createStageCache(store, () => world.now), id: stage?.stageId ?? stageId('gone') }
}

describe('the stage cache', () => {
  it.each([
    ['at once', 0, 1],
    ['a millisecond before five seconds', STAGE_CACHE_MS - 1, 1],
    ['after five seconds', STAGE_CACHE_MS, 2],
    ['after the clock went back', -1, 2],
  ])('asked again %s', async (_label, later, reads) => {
    const { world, cache, id } = aCache()
    await cache.get(id)
    world.now += later
    expect(await cache.get(id)).toBe(world.stage)
    expect(world.reads).toBe(reads)
  })

  it('reads once, however many ask at once', async () => {
    const { world, cache, id } = aCache()
    const all = await Promise.all([...Array(50).keys()].map((i) => (i % 2 === 0 ? cache.get(id) : cache.getFresh(id))))
    expect(new Set(all)).toEqual(new Set([world.stage]))
    expect(world.reads).toBe(1)
  })

  it('counts the five seconds from when the read began', async () => {
    const { world, cache, id } = aCache()
    let release = (): void => {}
    world.hold = new Promise((resolve) => {
      release = resolve
    })
    const first = cache.get(id)
    world.now = STAGE_CACHE_MS
    release()
    await first
    await cache.get(id)
    expect(world.reads).toBe(2)
  })

  it('reads at once where it must be fresh, and remembers that', async () => {
    const { world, cache, id } = aCache()
    await cache.get(id)
    world.stage = aStage({ stageId: id, version: 2 })
    expect((await cache.get(id))?.version).toBe(1)
    expect((await cache.getFresh(id))?.version).toBe(2)
    expect((await cache.get(id))?.version).toBe(2)
    expect(world.reads).toBe(2)
  })

  it('never remembers that there is none', async () => {
    const { world, cache, id } = aCache(undefined)
    world.stage = undefined
    expect(await cache.get(id)).toBeUndefined()
    world.stage = aStage({ stageId: id })
    expect(await cache.get(id)).toBe(world.stage)
  })

  it('does not know one that is being deleted, and forgets it at the next look', async () => {
    const { world, cache, id } = aCache()
    await cache.get(id)
    world.stage = aStage({ stageId: id, deleting: true })
    expect(await cache.getFresh(id)).toBeUndefined()
    expect(await cache.get(id)).toBeUndefined()
  })

  it('lets everyone who waits know of a fault, and asks again after it', async () => {
    const { world, cache, id } = aCache()
    world.fault = new Fault('storage_unavailable', 'no answer')
    const both = await Promise.allSettled([cache.get(id), cache.get(id)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    world.fault = undefined
    expect(await cache.get(id)).toBe(world.stage)
    expect(world.reads).toBe(2)
  })

  it('forgets the oldest beyond a thousand stages', async () => {
    const { world, cache } = aCache()
    for (let i = 0; i <= 1000; i++) await cache.get(stageId(`s${i}`))
    await cache.get(stageId('s1000'))
    expect(world.reads).toBe(1001)
    await cache.get(stageId('s0'))
    expect(world.reads).toBe(1002)
  })
})
