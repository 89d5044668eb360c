import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import type { StageId } from '../../../lib/ids.ts'
import { upkeep } from '../../../lib/upkeep/upkeep.ts'
import { anOffice } from '../../support/admin.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller, anAdmin } from '../../support/callers.ts'
import { eachStore, tableForFile } from '../../support/each-store.ts'
import { ivsDown } from '../../support/ivs-stages.ts'
import { T0 } from '../../support/participants.ts'
import { arnOf } from '../../support/stages.ts'
import { faultyTable } from '../../support/tables.ts'
import { tableStores } from '../../support/use-case.ts'

const started = tableForFile()
const down = new Fault('storage_unavailable', 'DynamoDB did not answer')
const wait = async (): Promise<void> => {}

describe.each(eachStore())('resetting a stage, %s', (_, stores) => {
  it('puts a new IVS stage behind the same name, and deletes the old one', async () => {
    const office = anOffice(stores())
    const stage = granted(await office.create({ tags: { team: 'a' } }))
    office.outside.now = T0 + 1000
    const reset = granted(await office.reset())
    expect(reset).toEqual({
      ...stage,
      generation: { number: 2, stageArn: arnOf('made2') },
      endpoints: [{ events: 'wss://made2', whip: 'https://made2', version: 2, fetchedAt: T0 + 1000 }],
      updatedAt: T0 + 1000,
      version: 3,
    })
    expect(await office.stored()).toEqual(reset)
    expect(office.ivs.stages.get(arnOf('made2'))?.tags).toMatchObject({ team: 'a', 'stagedoor:stage-uid': stage.uid })
    expect([...office.ivs.stages.keys()]).toEqual([arnOf('made2')])
    expect(await office.stores.seats.load({ stageUid: stage.uid, generation: 2 })).toMatchObject({ leases: {} })
  })

  it('is done though the old stage would not go; what is left is known and deleted later', async () => {
    const office = anOffice(stores())
    granted(await office.create())
    office.ivs.failing.add('remove')
    await expect(office.reset()).rejects.toBe(ivsDown)
    expect(await office.stored()).toMatchObject({ generation: { number: 2 }, retired: [arnOf('made1')] })

    const deps = { stages: office.stores.stages, ivs: office.ivs, wait }
    expect(await upkeep(deps, T0)).toMatchObject({ failed: 1 })
    expect((await office.stored())?.retired).toEqual([arnOf('made1')])
    office.ivs.failing.clear()
    expect(await upkeep(deps, T0)).toMatchObject({ failed: 0, refreshed: 1 })
    expect((await office.stored())?.retired).toEqual([])
    expect([...office.ivs.stages.keys()]).toEqual([arnOf('made2')])
  })

  it('deletes what an earlier reset left behind, too', async () => {
    const office = anOffice(stores())
    granted(await office.create())
    office.ivs.failing.add('remove')
    await expect(office.reset()).rejects.toBe(ivsDown)
    office.ivs.failing.clear()
    expect(granted(await office.reset()).retired).toEqual([])
    expect([...office.ivs.stages.keys()]).toEqual([arnOf('made3')])
  })

  it('lets one of two win that come at once, and takes back what the other made', async () => {
    const office = anOffice(stores())
    granted(await office.create())
    const both = await Promise.all([office.reset(), office.reset()])
    expect(both.map(codeOf).sort()).toEqual(['conflict', 'granted'])
    expect([...office.ivs.stages.keys()]).toEqual([(await office.stored())?.generation.stageArn])
  })
})

describe('trouble while resetting', () => {
  const hooked = async () => {
    const hooks: { before?: (method: string) => void; after?: (method: string) => void } = {}
    const table = faultyTable(started().table, {
      before: (method) => hooks.before?.(method),
      after: (method) => hooks.after?.(method),
    })
    const office = anOffice(tableStores(table))
    return { office, hooks, stage: granted(await office.create()) }
  }

  it('a record that cannot be written takes the new IVS stage with it', async () => {
    const { office, hooks, stage } = await hooked()
    hooks.before = (method) => {
      if (method === 'put') throw down
    }
    await expect(office.reset()).rejects.toBe(down)
    expect(await office.stored()).toEqual(stage)
    expect([...office.ivs.stages.keys()]).toEqual([stage.generation.stageArn])
  })

  it('a record that was written although its answer was lost keeps the new IVS stage', async () => {
    const { office, hooks } = await hooked()
    let puts = 0
    // The new seats, the new ARN, the record.
    hooks.after = (method) => {
      if (method === 'put' && ++puts === 3) throw down
    }
    const { generation } = granted(await office.reset())
    expect((await office.stored())?.generation).toEqual(generation)
    expect(office.ivs.stages.has(generation.stageArn)).toBe(true)
  })

  it('where it cannot be told whether it was written, nothing is deleted', async () => {
    const { office, hooks, stage } = await hooked()
    let puts = 0
    let lost = false
    hooks.before = () => {
      if (lost) throw down
    }
    hooks.after = (method) => {
      lost ||= method === 'put' && ++puts === 3
      if (lost) throw down
    }
    await expect(office.reset()).rejects.toBe(down)
    lost = false
    hooks.before = hooks.after = () => {}
    expect((await office.stored())?.retired).toEqual([stage.generation.stageArn])
    expect(office.ivs.stages.size).toBe(2)
  })
})

describe.each(eachStore())('deleting a stage, %s', (_, stores) => {
  it('is gone with its IVS stage, and deleting it again is no mistake', async () => {
    const office = anOffice(stores())
    granted(await office.create())
    expect(codeOf(await office.remove())).toBe('granted')
    expect(await office.stored()).toBeUndefined()
    expect(office.ivs.stages.size).toBe(0)
    expect(codeOf(await office.remove())).toBe('granted')
  })

  it('resumes where it was cut off, also with the tag of before', async () => {
    const office = anOffice(stores())
    const ifMatch = office.stageTag(granted(await office.create()))
    office.ivs.failing.add('remove')
    await expect(office.remove({ ifMatch })).rejects.toBe(ivsDown)
    expect(await office.stored()).toMatchObject({ deleting: true })
    office.ivs.failing.clear()
    expect(codeOf(await office.remove({ ifMatch }))).toBe('granted')
    expect(await office.stored()).toBeUndefined()
    expect(office.ivs.stages.size).toBe(0)
  })

  it('takes what a reset left behind with it', async () => {
    const office = anOffice(stores())
    granted(await office.create())
    office.ivs.failing.add('remove')
    await expect(office.reset()).rejects.toBe(ivsDown)
    office.ivs.failing.clear()
    granted(await office.remove())
    expect(office.ivs.stages.size).toBe(0)
  })
})

describe.each(eachStore())('listing stages, %s', (_, stores) => {
  it('pages through those within the prefix, in order, without those being deleted', async () => {
    const office = anOffice(stores())
    const prefix = `p${crypto.randomUUID().slice(0, 6)}-`
    const caller = anAdmin({ stageIdPrefix: prefix })
    for (const name of ['c', 'a', 'e', 'b', 'd'])
      granted(await office.create({ stageId: `${prefix}${name}` as StageId }))
    granted(await office.create())
    const pages: string[][] = []
    let after: StageId | undefined
    do {
      const { stages, next } = granted(await office.list({ limit: 2, ...(after && { after }) }, caller))
      pages.push(stages.map(({ stageId }) => stageId.slice(prefix.length)))
      after = next
    } while (after !== undefined)
    expect(pages.filter((page) => page.length > 0)).toEqual([['a', 'b'], ['c', 'd'], ['e']])

    office.ivs.failing.add('remove')
    await expect(office.remove({ stageId: `${prefix}b` })).rejects.toBe(ivsDown)
    const { stages } = granted(await office.list({}, caller))
    expect(stages.map(({ stageId }) => stageId.slice(prefix.length))).toEqual(['a', 'c', 'd', 'e'])
  })

  it('is for admins', async () => {
    expect(codeOf(await anOffice(stores()).list({}, aCaller()))).toBe('not_an_admin')
  })
})
