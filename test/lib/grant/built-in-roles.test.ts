import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInRoles, missingParts, resolveRoles } from '../../../lib/grant/built-in-roles.ts'
import type { RoleOverrides } from '../../../lib/grant/role.ts'

const base = builtInRoles({ default: 180, max: 720 })
const guest = {
  capabilities: ['SUBSCRIBE'],
  rank: 5,
  defaultDuration: 10,
  maxDuration: 20,
  callerAttributes: [],
} as const

describe('resolveRoles', () => {
  it.each<[string, RoleOverrides, string, object | undefined]>([
    ['nothing overridden', {}, 'host', base.host],
    ['one part', { host: { rank: 40 } }, 'host', { ...base.host, rank: 40 }],
    ['another role than the one overridden', { host: { rank: 40 } }, 'viewer', base.viewer],
    [
      'a maximum that cuts the inherited default',
      { host: { maxDuration: 60 } },
      'host',
      { ...base.host, maxDuration: 60, defaultDuration: 60 },
    ],
    ['a new role, complete', { guest }, 'guest', guest],
    ['a new role in part: none', { guest: { rank: 5 } }, 'guest', undefined],
    ['a name of every object: none', {}, 'constructor', undefined],
  ])('%s', (_, overrides, name, role) => {
    expect(resolveRoles(base, overrides)[name]).toEqual(role)
  })

  it('changes nothing it was given, and applies again to its own answer', () => {
    const before = structuredClone({ ...base })
    const overrides: RoleOverrides = { host: { rank: 40 }, guest }
    const once = resolveRoles(base, overrides)
    expect(resolveRoles(once, overrides)).toEqual(once)
    expect({ ...base }).toEqual(before)
  })

  it('never leaves a default above its maximum', () => {
    const minutes = fc.integer({ min: 1, max: 20_160 })
    fc.assert(
      fc.property(minutes, minutes, (defaultDuration, maxDuration) => {
        for (const override of [{ defaultDuration }, { maxDuration }, { defaultDuration, maxDuration }]) {
          const role = resolveRoles(base, { viewer: override }).viewer
          expect(role?.defaultDuration).toBeLessThanOrEqual(role?.maxDuration ?? 0)
        }
      }),
    )
  })

  it('names what a new role lacks', () => {
    expect(missingParts({ rank: 5, callerAttributes: [] })).toEqual(['capabilities', 'defaultDuration', 'maxDuration'])
    expect(missingParts(guest)).toEqual([])
  })
})
