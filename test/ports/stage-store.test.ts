import { beforeEach, describe, expect, it } from 'vitest'
import type { StageUid } from '../../lib/ids.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { createStageArns } from '../../lib/stage/stage-arns.dynamodb.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import type { StageStore } from '../../lib/stage/stage-store.ts'
import { eachStore, tableForFile } from '../support/each-store.ts'
import { arnOf, aStage, endpointsAt, stageId } from '../support/stages.ts'

describe.each(eachStore())('the stage store %s', (_, stores) => {
  let store: StageStore
  beforeEach(() => {
    store = stores().stages
  })
  const created = async (changes: Parameters<typeof aStage>[0] = {}) => {
    const stage = aStage(changes)
    expect(await store.create(stage)).toBe(true)
    return stage
  }

  it('keeps everything a record can hold', async () => {
    const stage = await created({
      name: 'Town hall 🎭',
      roles: {
        dj: { capabilities: ['PUBLISH'], rank: 5, defaultDuration: 1, maxDuration: 2, callerAttributes: [] },
        host: {},
      },
      maxDuration: 90,
      endsAt: 1_800_000_000,
      tags: { team: '', 'a b': 'ü' },
      retired: [arnOf('old')],
      untold: [{ generation: 2, at: 1 }],
      endpoints: [endpointsAt(1), endpointsAt(2)],
      adopted: true,
      deleting: true,
    })
    expect(await store.get(stage.stageId)).toEqual(stage)
  })

  it('keeps absent what is absent', async () => {
    const stage = await created()
    expect(Object.keys((await store.get(stage.stageId)) ?? {}).sort()).toEqual(Object.keys(stage).sort())
  })

  it('knows none that was never made', async () => {
    expect(await store.get(stageId('never-made'))).toBeUndefined()
  })

  it('creates a name once; the same record again is the same', async () => {
    const stage = await created()
    expect(await store.create(stage)).toBe(true)
    expect(await store.create({ ...stage, uid: 'other' as StageUid })).toBe(false)
    expect(await store.get(stage.stageId)).toEqual(stage)
  })

  it('saves only over what was seen', async () => {
    const first = await created()
    const second = { ...first, version: 2, seats: 3, generation: { number: 2, stageArn: arnOf('two') } }
    expect(await store.save(second, first)).toBe(true)
    expect(await store.save({ ...first, version: 2, seats: 4 }, first)).toBe(false)
    expect(await store.save({ ...second, version: 3 }, { ...second, uid: 'other' as StageUid })).toBe(false)
    expect(await store.get(first.stageId)).toEqual(second)
  })

  it('saves nothing where there is none', async () => {
    const stage = aStage()
    expect(await store.save(stage, stage)).toBe(false)
    expect(await store.get(stage.stageId)).toBeUndefined()
  })

  it('removes only what was seen, once', async () => {
    const stage = await created()
    expect(await store.remove({ ...stage, version: 2 })).toBe(false)
    expect(await store.remove({ ...stage, uid: 'other' as StageUid })).toBe(false)
    expect(await store.remove(stage)).toBe(true)
    expect(await store.remove(stage)).toBe(false)
    expect(await store.get(stage.stageId)).toBeUndefined()
  })

  it('gives several at once, in order, without those that are not there', async () => {
    const [one, two] = [await created(), await created()]
    const ids = [two.stageId, stageId('never-made'), one.stageId]
    expect(await store.getAll(ids)).toEqual([two, one])
    expect(await store.getAll([])).toEqual([])
  })

  describe('the directory', () => {
    let prefix = ''
    beforeEach(() => {
      prefix = `d${crypto.randomUUID().slice(0, 6)}-`
    })
    const named = (name: string, changes: object = {}) => created({ stageId: stageId(`${prefix}${name}`), ...changes })
    const listed = async (page: Partial<Parameters<StageStore['list']>[0]> = {}) => {
      const { entries, next } = await store.list({ prefix, limit: 100, ...page })
      return { names: entries.map((entry) => entry.stageId.slice(prefix.length)), next }
    }

    it('lists by name those that start with the prefix', async () => {
      for (const name of ['b', 'a', 'c']) await named(name)
      await created()
      expect(await listed()).toEqual({ names: ['a', 'b', 'c'] })
      expect((await listed({ prefix: `${prefix}b` })).names).toEqual(['b'])
      expect((await listed({ prefix: 'nobody-' })).names).toEqual([])
      expect((await store.list({ prefix: '', limit: 100 })).entries.length).toBeGreaterThanOrEqual(4)
    })

    it('lists in pages, from after a name that need not exist', async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await named(name)
      const first = await listed({ limit: 2 })
      expect(first).toEqual({ names: ['a', 'b'], next: `${prefix}b` })
      const second = await listed({ limit: 2, ...(first.next && { after: first.next }) })
      expect(second.names).toEqual(['c', 'd'])
      expect((await listed({ after: stageId(`${prefix}c5`) })).names).toEqual(['d', 'e'])
      expect((await listed({ after: stageId(`${prefix}e`) })).names).toEqual([])
    })

    it('says how old the endpoints are and whether something is left to delete, as saved last', async () => {
      const stage = await named('a', { endpoints: [endpointsAt(1, 5), endpointsAt(2, 9)] })
      const entry = async () => (await store.list({ prefix, limit: 1 })).entries[0]
      expect(await entry()).toMatchObject({ stageId: stage.stageId, endpointsAt: 9, retired: false })
      await store.save({ ...stage, version: 2, retired: [arnOf('old')] }, stage)
      expect(await entry()).toMatchObject({ retired: true })
    })

    it('lists apart what is being deleted, until it is gone', async () => {
      const [stage, other] = [await named('a'), await named('b')]
      const beingDeleted = async () => (await store.beingDeleted(100)).filter((id) => id.startsWith(prefix))
      expect(await beingDeleted()).toEqual([])
      const marked = { ...stage, deleting: true, version: 2 }
      await store.save(marked, stage)
      expect([await beingDeleted(), (await listed()).names]).toEqual([[stage.stageId], ['b']])
      await store.save({ ...other, deleting: true, version: 2 }, other)
      expect(await store.beingDeleted(1)).toHaveLength(1)
      await store.remove(marked)
      expect(await beingDeleted()).toEqual([other.stageId])
    })

    it('does not list what was removed', async () => {
      const stage = await named('a')
      await store.remove(stage)
      expect((await listed()).names).toEqual([])
    })
  })
})

describe('which stage an ARN is behind', () => {
  const started = tableForFile()
  const open = () => {
    const { table } = started()
    const stage = aStage({ generation: { number: 1, stageArn: arnOf(crypto.randomUUID()) } })
    const arns = createStageArns(table)
    const found = (one = stage) => arns.find(one.generation.stageArn)
    return { store: createStageStore(table), stage, found }
  }
  const placeOf = ({ stageId: id, uid, generation }: Stage) => ({
    stageId: id,
    stageUid: uid,
    generation: generation.number,
  })

  it('is known from its creation on, through a reset, until it is removed', async () => {
    const { store, stage, found } = open()
    expect(await found()).toBeUndefined()
    await store.create(stage)
    expect(await found()).toEqual(placeOf(stage))
    const next = { ...stage, version: 2, generation: { number: 2, stageArn: arnOf(crypto.randomUUID()) } }
    await store.save(next, stage)
    expect([await found(), await found(next)]).toEqual([placeOf(stage), placeOf(next)])
    await store.remove(next)
    expect(await found(next)).toBeUndefined()
  })

  it('stays the winner’s where the same adoption comes twice', async () => {
    const { store, stage, found } = open()
    const second = { ...stage, uid: crypto.randomUUID() as StageUid }
    expect([await store.create(stage), await store.create(second)]).toEqual([true, false])
    expect(await found()).toEqual(placeOf(stage))
  })

  it('is not said of a stage that was refused for its name', async () => {
    const { store, stage, found } = open()
    await store.create(stage)
    const second = {
      ...stage,
      uid: crypto.randomUUID() as StageUid,
      generation: { number: 1, stageArn: arnOf(crypto.randomUUID()) },
    }
    expect(await store.create(second)).toBe(false)
    expect(await found(second)).toBeUndefined()
    expect(await found()).toEqual(placeOf(stage))
  })
})
