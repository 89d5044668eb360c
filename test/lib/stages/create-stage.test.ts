import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { anOffice } from '../../support/admin.ts'
import { codeOf, granted, refusalOf } from '../../support/answers.ts'
import { aCaller, anAdmin } from '../../support/callers.ts'
import { eachStore, tableForFile } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { arnOf } from '../../support/stages.ts'
import { faultyTable, repeatingTable } from '../../support/tables.ts'
import { memoryStores, tableStores } from '../../support/use-case.ts'

const down = new Fault('storage_unavailable', 'DynamoDB did not answer')
const started = tableForFile()
const theirs = { stageArn: arnOf('theirs'), endpoints: { events: 'wss://theirs', whip: 'https://theirs' } }
const adopting = { stageArn: theirs.stageArn }

describe.each(eachStore())('creating a stage, %s', (_, stores) => {
  it('makes the IVS stage, tagged, the seats and the record, with the defaults', async () => {
    const office = anOffice(stores())
    const stage = granted(await office.create({ tags: { team: 'a' } }))
    expect(stage).toEqual({
      stageId: office.id,
      uid: stage.uid,
      generation: { number: 1, stageArn: arnOf('made1') },
      endpoints: [{ events: 'wss://made1', whip: 'https://made1', version: 1, fetchedAt: T0 }],
      ...{ access: 'members', defaultRole: 'viewer', roles: {}, seats: 12, reservedSeats: 0, tags: { team: 'a' } },
      sessionPolicy: { mode: 'allow', max: 3 },
      ...{ adopted: false, retired: [], deleting: false, createdAt: T0, updatedAt: T0, version: 1 },
    })
    expect(await office.stored()).toEqual(stage)
    expect(office.ivs.stages.get(arnOf('made1'))?.tags).toEqual({
      team: 'a',
      'stagedoor:created': new Date(T0).toISOString(),
      'stagedoor:deployment': 'stagedoor-test',
      'stagedoor:stage-id': office.id,
      'stagedoor:stage-uid': stage.uid,
    })
    expect(await office.stores.seats.load({ stageUid: stage.uid, generation: 1 })).toEqual({ version: 1, leases: {} })
  })

  it('names one itself, within the prefix, where none is given', async () => {
    const office = anOffice(stores())
    const { stageId: _s, ...rest } = { stageId: office.id }
    const prefixed = anAdmin({ stageIdPrefix: 'town-' })
    const { createStage } = await import('../../../lib/stages/create-stage.ts')
    expect(granted(await createStage(office.deps, prefixed, rest, T0)).stageId).toMatch(/^town-n[0-9a-f]{32}$/)
  })

  it.each<[string, string, Parameters<ReturnType<typeof anOffice>['create']>]>([
    ['not an admin', 'not_an_admin', [{}, aCaller()]],
    ['outside the prefix', 'stage_not_found', [{}, anAdmin({ stageIdPrefix: 'town-' })]],
    ['an unknown default role', 'invalid_request', [{ defaultRole: 'gone' }]],
    ['a default role that moderates', 'invalid_request', [{ defaultRole: 'moderator' }]],
    ['a default role made to moderate', 'invalid_request', [{ roles: { viewer: { rank: 20 } } }]],
    ['an incomplete new role', 'invalid_request', [{ roles: { dj: { rank: 5 } } }]],
    ['more reserved seats than seats', 'invalid_request', [{ seats: 2, reservedSeats: 3 }]],
    ['an IVS stage that is not there', 'invalid_request', [adopting]],
  ])('refuses %s, and makes nothing', async (_label, code, args) => {
    const office = anOffice(stores())
    expect(codeOf(await office.create(...args))).toBe(code)
    expect(await office.stored()).toBeUndefined()
    expect(office.ivs.calls.filter((call) => !call.startsWith('get'))).toEqual([])
  })

  it('refuses a name that is in use, also one that is being deleted, before IVS is asked', async () => {
    const office = anOffice(stores())
    granted(await office.create())
    expect(codeOf(await office.create())).toBe('stage_exists')
    office.ivs.failing.add('remove')
    await expect(office.remove()).rejects.toThrow(Fault)
    expect(codeOf(await office.create())).toBe('stage_exists')
    expect(office.ivs.calls.filter((call) => call.startsWith('create'))).toHaveLength(1)
  })

  it('lets one of two win who create the same at once, and takes back what the other made', async () => {
    const office = anOffice(stores())
    const both = await Promise.all([office.create(), office.create()])
    expect(both.map(codeOf).sort()).toEqual(['granted', 'stage_exists'])
    expect([...office.ivs.stages.keys()]).toEqual([(await office.stored())?.generation.stageArn])
  })

  it('starts empty where there was one of that name before', async () => {
    const office = anOffice(stores())
    const first = granted(await office.create())
    granted(await office.remove())
    expect(granted(await office.create()).uid).not.toBe(first.uid)
  })
})

describe.each(eachStore())('adopting an IVS stage, %s', (_, stores) => {
  function withTheirs(tags: Readonly<Record<string, string>> = {}) {
    const office = anOffice(stores())
    office.ivs.stages.set(theirs.stageArn, { ...theirs, tags })
    const tagsNow = () => office.ivs.stages.get(theirs.stageArn)?.tags
    return { office, tagsNow }
  }

  it('tags it as ours beside its own tags, and makes none', async () => {
    const { office, tagsNow } = withTheirs({ owner: 'x' })
    const stage = granted(await office.create({ ...adopting, tags: { team: 'a' } }))
    expect(stage).toMatchObject({
      adopted: true,
      generation: { stageArn: theirs.stageArn },
      endpoints: [theirs.endpoints],
    })
    expect(tagsNow()).toMatchObject({ owner: 'x', team: 'a', 'stagedoor:stage-uid': stage.uid })
    expect(office.ivs.calls.some((call) => call.startsWith('create'))).toBe(false)
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'of another deployment',
      { 'stagedoor:deployment': 'other', 'stagedoor:stage-id': 'hall', 'stagedoor:stage-uid': 'u' },
    ],
    ['that no stage id of ours names', { 'stagedoor:deployment': 'stagedoor-test', 'stagedoor:stage-uid': 'u' }],
  ])('refuses one %s', async (_label, tags) => {
    const { office, tagsNow } = withTheirs(tags)
    expect(codeOf(await office.create(adopting))).toBe('conflict')
    expect(tagsNow()).toEqual(tags)
  })

  it('refuses one that is behind a stage already', async () => {
    const { office } = withTheirs()
    granted(await office.create(adopting))
    const { createStage } = await import('../../../lib/stages/create-stage.ts')
    const second = await createStage(
      office.deps,
      anAdmin(),
      { ...adopting, stageId: `${office.id}-b` as typeof office.id },
      T0,
    )
    expect(refusalOf(second)).toEqual({ code: 'conflict' })
  })

  it('takes one whose adoption was cut off before its record was written', async () => {
    const { office } = withTheirs({
      'stagedoor:deployment': 'stagedoor-test',
      'stagedoor:stage-id': 'hall-gone',
      'stagedoor:stage-uid': 'n1',
    })
    expect(codeOf(await office.create(adopting))).toBe('granted')
  })

  it('leaves the tags of the one that won where the same request comes twice', async () => {
    const { office, tagsNow } = withTheirs()
    const both = await Promise.all([office.create(adopting), office.create(adopting)])
    expect(both.map(codeOf).sort()).toEqual(['granted', 'stage_exists'])
    expect(tagsNow()?.['stagedoor:stage-uid']).toBe((await office.stored())?.uid)
  })
})

describe('trouble while creating', () => {
  const failing = (failingWrite: number) => {
    let writes = 0
    const before = (method: string): void => {
      if (method !== 'put') return
      writes += 1
      if (writes === failingWrite) throw down
    }
    return tableStores(faultyTable(started().table, { before }))
  }

  it.each([1, 2, 3])(
    'DynamoDB fails at write %i: the IVS stage is deleted again, and it works the next time',
    async (write) => {
      const office = anOffice(failing(write))
      await expect(office.create()).rejects.toBe(down)
      expect(office.ivs.stages.size).toBe(0)
      expect(await office.stored()).toBeUndefined()
      expect(codeOf(await office.create())).toBe('granted')
    },
  )

  it.each([1, 2, 3])('DynamoDB fails at write %i of an adoption: its tags are what they were', async (write) => {
    const office = anOffice(failing(write))
    const tags = { owner: 'x', team: 'old' }
    office.ivs.stages.set(theirs.stageArn, { ...theirs, tags })
    await expect(office.create({ ...adopting, tags: { team: 'new' } })).rejects.toBe(down)
    expect(office.ivs.stages.get(theirs.stageArn)?.tags).toEqual(tags)
  })

  it('a record that is there although its answer was lost keeps its IVS stage', async () => {
    // The seats, the ARN, the record.
    let puts = 0
    const after = (method: string): void => {
      if (method === 'put' && ++puts === 3) throw down
    }
    const office = anOffice(tableStores(faultyTable(started().table, { after })))
    const stage = granted(await office.create())
    expect(await office.stored()).toEqual(stage)
    expect(office.ivs.stages.has(stage.generation.stageArn)).toBe(true)
  })

  it('every write sent twice is one stage', async () => {
    const office = anOffice(tableStores(repeatingTable(started().table)))
    const stage = granted(await office.create())
    expect(await office.stored()).toEqual(stage)
    expect(office.ivs.stages.size).toBe(1)
  })

  it('a crash before the record leaves an IVS stage that its tags tell about', async () => {
    const stores = memoryStores()
    const crash = new Error('the Lambda is gone')
    const dies = { ...stores, seats: { ...stores.seats, open: () => Promise.reject(crash) } }
    const gone = { ...dies, stages: { ...stores.stages, get: async () => undefined } }
    const office = anOffice(gone)
    office.ivs.failing.add('remove')
    await expect(office.create()).rejects.toBe(crash)
    expect([...office.ivs.stages.values()]).toMatchObject([{ tags: { 'stagedoor:deployment': 'stagedoor-test' } }])
  })

  it('what cannot be taken back does not hide why it was to be', async () => {
    const office = anOffice(failing(3))
    office.ivs.failing.add('remove')
    await expect(office.create()).rejects.toBe(down)
  })

  it('IVS down makes nothing', async () => {
    const office = anOffice()
    office.ivs.failing.add('create')
    await expect(office.create()).rejects.toThrow('IVS did not answer')
    expect(await office.stored()).toBeUndefined()
  })
})
