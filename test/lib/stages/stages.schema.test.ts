import { describe, expect, it } from 'vitest'
import { CreateStageRequest, PatchStageRequest } from '../../../lib/stages/stages.schema.ts'

const paths = (schema: typeof CreateStageRequest | typeof PatchStageRequest, value: unknown): string[] => {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))]
}
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, value]))

describe('creating a stage', () => {
  it('takes nothing, and everything', () => {
    expect(CreateStageRequest.parse({})).toEqual({})
    const stage = {
      stageId: 'town-hall',
      stageArn: 'arn:aws:ivs:eu-west-1:123456789012:stage/abcdABCDefgh',
      name: 'Town hall 🎭',
      access: 'members',
      defaultRole: 'viewer',
      roles: { speaker: { maxDuration: 60 } },
      seats: 12,
      reservedSeats: 12,
      sessionPolicy: { mode: 'replace' },
      maxDuration: 20_160,
      endsAt: '2026-11-21T09:00:00.999Z',
      idleMinutes: 1440,
      strict: true,
      tags: { team: '' },
    }
    expect(CreateStageRequest.parse(stage)).toEqual({ ...stage, endsAt: 1_795_251_600 })
  })

  it.each<[string, unknown]>([
    ['stageId', { stageId: 'Town Hall' }],
    ['stageId', { stageId: 'ab' }],
    ['stageArn', { stageArn: 'arn:aws:ivs:eu-west-1:123456789012:channel/abc' }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(129) }],
    ['access', { access: 'public' }],
    ['defaultRole', { defaultRole: 'No Role' }],
    ['roles', { roles: many(17, {}) }],
    ['roles.host.rank', { roles: { host: { rank: 101 } } }],
    ['roles.host', { roles: { host: { power: 1 } } }],
    ['seats', { seats: 0 }],
    ['seats', { seats: 13 }],
    ['reservedSeats', { seats: 4, reservedSeats: 5 }],
    ['reservedSeats', { reservedSeats: 13 }],
    ['sessionPolicy.max', { sessionPolicy: { mode: 'allow', max: 11 } }],
    ['sessionPolicy.mode', { sessionPolicy: { max: 1 } }],
    ['maxDuration', { maxDuration: 20_161 }],
    ['endsAt', { endsAt: '2026-11-21T09:00:00+01:00' }],
    ['endsAt', { endsAt: '2026-02-30T09:00:00Z' }],
    ['endsAt', { endsAt: 1_795_251_600 }],
    ['idleMinutes', { idleMinutes: 1 }],
    ['idleMinutes', { idleMinutes: 1441 }],
    ['strict', { strict: 'yes' }],
    ['tags', { tags: many(21, 'x') }],
    ['tags.aws:x', { tags: { 'aws:x': 'x' } }],
    ['tags.Stagedoor:deployment', { tags: { 'Stagedoor:deployment': 'x' } }],
    ['tags.a', { tags: { a: null } }],
    ['name', { name: null }],
  ])('refuses %s in %j', (path, value) => {
    expect(paths(CreateStageRequest, value)).toEqual([path])
  })
})

describe('changing a stage', () => {
  it('takes null for whatever can be removed, at any depth', () => {
    const patch = {
      name: null,
      access: null,
      defaultRole: null,
      roles: { host: null, speaker: { maxDuration: null, rank: 5 } },
      seats: null,
      reservedSeats: null,
      sessionPolicy: null,
      maxDuration: null,
      endsAt: null,
      tags: { team: null, owner: 'ada' },
    }
    expect(PatchStageRequest.parse(patch)).toEqual(patch)
    expect(PatchStageRequest.parse({ roles: null, tags: null, endsAt: '2026-11-21T09:00:00Z' })).toEqual({
      roles: null,
      tags: null,
      endsAt: 1_795_251_600,
    })
  })

  it.each<[string, unknown]>([
    ['', { stageId: 'other-hall' }],
    ['', { stageArn: 'arn:aws:ivs:eu-west-1:123456789012:stage/abcdABCDefgh' }],
    ['seats', { seats: 13 }],
    ['reservedSeats', { seats: 4, reservedSeats: 5 }],
    ['roles.host.rank', { roles: { host: { rank: -1 } } }],
    ['tags.stagedoor:x', { tags: { 'stagedoor:x': null } }],
  ])('refuses %s in %j', (path, value) => {
    expect(paths(PatchStageRequest, value)).toEqual([path])
  })
})
