import { describe, expect, it } from 'vitest'
import { anOffice } from '../../support/admin.ts'
import { codeOf, granted, refusalOf } from '../../support/answers.ts'
import { aCaller, anAdmin } from '../../support/callers.ts'
import { eachStore, tableForFile } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { repeatingTable } from '../../support/tables.ts'
import { tableStores } from '../../support/use-case.ts'

const started = tableForFile()

const FULL = {
  name: 'Town hall',
  access: 'open',
  defaultRole: 'speaker',
  roles: { speaker: { maxDuration: 60, rank: 5 }, viewer: { maxDuration: 30 } },
  seats: 6,
  reservedSeats: 2,
  sessionPolicy: { mode: 'reject', max: 2 },
  maxDuration: 90,
  endsAt: T0 / 1000 + 3600,
  idleMinutes: 30,
  strict: true,
  tags: { team: 'a', cost: 'x' },
} as const

describe.each(eachStore())('changing a stage, %s', (_, stores) => {
  async function created() {
    const office = anOffice(stores())
    const stage = granted(await office.create(FULL))
    office.outside.now = T0 + 1000
    return { office, stage }
  }

  it('changes nothing where nothing is said, save when and which version', async () => {
    const { office, stage } = await created()
    const patched = granted(await office.patch({}))
    expect(patched).toEqual({ ...stage, version: 2, updatedAt: T0 + 1000 })
    expect(await office.stored()).toEqual(patched)
  })

  it.each<[string, Parameters<ReturnType<typeof anOffice>['patch']>[0], object]>([
    ['name', { name: 'Hall' }, { name: 'Hall' }],
    ['access', { access: 'closed' }, { access: 'closed' }],
    ['seats and reserved seats', { seats: 3, reservedSeats: 3 }, { seats: 3, reservedSeats: 3 }],
    [
      'the session policy as a whole',
      { sessionPolicy: { mode: 'replace' } },
      { sessionPolicy: { mode: 'replace', max: 1 } },
    ],
    ['the idle time', { idleMinutes: 5 }, { idleMinutes: 5 }],
    ['strictness', { strict: false }, { strict: false }],
    ['the end', { endsAt: T0 / 1000 + 60 }, { endsAt: T0 / 1000 + 60 }],
    ['one tag', { tags: { team: 'b' } }, { tags: { team: 'b', cost: 'x' } }],
    [
      'one part of a role',
      { roles: { speaker: { rank: 6 } } },
      { roles: { ...FULL.roles, speaker: { maxDuration: 60, rank: 6 } } },
    ],
    [
      'null puts a default back',
      { access: null, defaultRole: null, seats: null, reservedSeats: null, sessionPolicy: null },
      {
        ...{ access: 'members', defaultRole: 'viewer', seats: 12, reservedSeats: 0 },
        sessionPolicy: { mode: 'allow', max: 3 },
      },
    ],
    ['null takes one tag away', { tags: { team: null } }, { tags: { cost: 'x' } }],
    ['null takes all tags away', { tags: null }, { tags: {} }],
    [
      'null takes one part of a role away',
      { roles: { speaker: { rank: null } } },
      { roles: { ...FULL.roles, speaker: { maxDuration: 60 } } },
    ],
    ['null takes one role’s changes away', { roles: { speaker: null } }, { roles: { viewer: FULL.roles.viewer } }],
    ['null takes all changes of roles away', { roles: null }, { roles: {} }],
  ])('%s', async (_label, patch, changes) => {
    const { office, stage } = await created()
    granted(await office.patch(patch))
    expect(await office.stored()).toEqual({ ...stage, ...changes, version: 2, updatedAt: T0 + 1000 })
  })

  it.each(['name', 'maxDuration', 'endsAt', 'idleMinutes', 'strict'] as const)('null takes %s away', async (field) => {
    const { office, stage } = await created()
    granted(await office.patch({ [field]: null }))
    const { [field]: _gone, ...rest } = stage
    expect(await office.stored()).toEqual({ ...rest, version: 2, updatedAt: T0 + 1000 })
    expect(await office.stored()).not.toHaveProperty(field)
  })

  it.each<[string, string, Parameters<ReturnType<typeof anOffice>['patch']>[0]]>([
    ['fewer seats than are reserved', '/reservedSeats', { seats: 1 }],
    ['more reserved seats than there are', '/reservedSeats', { reservedSeats: 7 }],
    ['an unknown default role', '/defaultRole', { defaultRole: 'gone' }],
    ['a default role raised to moderate', '/defaultRole', { roles: { speaker: { rank: 20 } } }],
    ['an incomplete new role', '/roles/dj/capabilities', { roles: { dj: { rank: 1 } } }],
    [
      'more tags than there may be in all',
      '/tags',
      { tags: Object.fromEntries(Array.from({ length: 19 }, (_, i) => [`t${i}`, 'x'])) },
    ],
  ])('refuses %s', async (_label, pointer, patch) => {
    const { office, stage } = await created()
    const refusal = refusalOf(await office.patch(patch))
    expect(refusal).toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
    })
    expect(await office.stored()).toEqual(stage)
  })

  it('tags the IVS stage likewise, and keeps our own tags', async () => {
    const { office, stage } = await created()
    granted(await office.patch({ tags: { team: 'b', cost: null, area: '7' } }))
    expect(office.ivs.stages.get(stage.generation.stageArn)?.tags).toEqual({
      team: 'b',
      area: '7',
      'stagedoor:created': new Date(T0).toISOString(),
      'stagedoor:deployment': 'stagedoor-test',
      'stagedoor:stage-id': office.id,
      'stagedoor:stage-uid': stage.uid,
    })
  })

  it('asks nothing of IVS where no tag changes', async () => {
    const { office } = await created()
    office.ivs.calls.length = 0
    granted(await office.patch({ name: 'Hall', tags: { team: 'a' } }))
    expect(office.ivs.calls).toEqual([])
  })

  it('honours If-Match', async () => {
    const { office, stage } = await created()
    const ifMatch = office.stageTag(stage)
    const patched = granted(await office.patch({ name: 'Hall' }, { ifMatch }))
    for (const change of [office.patch({}, { ifMatch }), office.reset({ ifMatch }), office.remove({ ifMatch })]) {
      expect(codeOf(await change)).toBe('precondition_failed')
    }
    expect(granted(await office.patch({}, { ifMatch: `"x", ${office.stageTag(patched)}` })).version).toBe(3)
    expect(codeOf(await office.patch({}, { ifMatch: '*' }))).toBe('granted')
  })

  it('merges two changes that come at once', async () => {
    const { office } = await created()
    const both = await Promise.all([office.patch({ name: 'Hall' }), office.patch({ seats: 4 })])
    expect(both.map(codeOf)).toEqual(['granted', 'granted'])
    expect(await office.stored()).toMatchObject({ name: 'Hall', seats: 4, version: 3 })
  })

  it.each<[string, string, object]>([
    ['not an admin', 'not_an_admin', { caller: aCaller() }],
    ['outside the prefix', 'stage_not_found', { caller: anAdmin({ stageIdPrefix: 'town-' }) }],
  ])('refuses %s', async (_label, code, target) => {
    const { office, stage } = await created()
    expect(codeOf(await office.patch({ name: 'Hall' }, target))).toBe(code)
    expect(codeOf(await office.reset(target))).toBe(code)
    // What does not exist for this caller is as deleted as it can be.
    expect(codeOf(await office.remove(target))).toBe(code === 'stage_not_found' ? 'granted' : code)
    expect(await office.stored()).toEqual(stage)
  })

  it('does not find a stage that is not there or is being deleted', async () => {
    const { office, stage } = await created()
    await office.stores.stages.save({ ...stage, deleting: true, version: 2 }, stage)
    for (const change of [office.patch({}), office.reset()]) expect(codeOf(await change)).toBe('stage_not_found')
    expect(codeOf(await anOffice(stores()).patch({}))).toBe('stage_not_found')
  })
})

describe('every write sent twice', () => {
  const twice = async () => {
    const office = anOffice(tableStores(repeatingTable(started().table)))
    return { office, stage: granted(await office.create(FULL)) }
  }

  it('is one change, also with If-Match', async () => {
    const { office, stage } = await twice()
    const patched = granted(await office.patch({ name: 'Hall' }, { ifMatch: office.stageTag(stage) }))
    expect(patched).toMatchObject({ name: 'Hall', version: 2 })
    expect(await office.stored()).toEqual(patched)
  })

  it('is one reset, to an IVS stage that is there', async () => {
    const { office, stage } = await twice()
    const reset = granted(await office.reset())
    expect(await office.stored()).toEqual(reset)
    expect(reset.generation.number).toBe(2)
    expect([...office.ivs.stages.keys()]).toEqual([reset.generation.stageArn])
    expect(reset.generation.stageArn).not.toBe(stage.generation.stageArn)
  })

  it('is one deletion', async () => {
    const { office } = await twice()
    expect(codeOf(await office.remove())).toBe('granted')
    expect(await office.stored()).toBeUndefined()
  })
})
