import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assumeGrant, sameGrant } from '../../../lib/grant/assumption.ts'
import { resolveRoles } from '../../../lib/grant/built-in-roles.ts'
import { decideGrant } from '../../../lib/grant/decide-grant.ts'
import type { GrantRequest, StageRules } from '../../../lib/grant/grant.ts'
import { isSubset, rankOf, rightOf, roleNamed } from '../../../lib/grant/right.ts'
import { CAPABILITIES } from '../../../lib/grant/role.ts'
import { attributesBytes } from '../../../lib/token/attributes.ts'
import { aCaller } from '../../support/callers.ts'
import { T0 } from '../../support/participants.ts'
import { ROLES, rules } from '../../support/stages.ts'

const NOW = T0 / 1000
const NAMES = ['host', 'moderator', 'speaker', 'viewer', 'custom'] as const

const roleName = fc.constantFrom(...NAMES, ...NAMES, ...NAMES, 'gone', 'constructor', '__proto__')
const capabilities = fc.uniqueArray(fc.constantFrom(...CAPABILITIES), { minLength: 1 })
const minutes = fc.integer({ min: 1, max: 800 })
const role = fc.record({
  capabilities,
  rank: fc.constantFrom(0, 10, 19, 20, 30),
  defaultDuration: minutes,
  maxDuration: minutes,
  callerAttributes: fc.subarray(['displayName', 'team', 'role']),
})
const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
/** `undefined` stands for absent, and is left out. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

const stages = fc
  .record({
    access: fc.constantFrom('open' as const, 'members' as const, 'closed' as const),
    defaultRole: roleName,
    roles: fc
      .dictionary(fc.constantFrom(...NAMES), role, { maxKeys: 3 })
      .map((overrides) => resolveRoles(ROLES, overrides)),
    maxDuration: minutes,
    endsAt: optional(fc.integer({ min: NOW, max: NOW + 50_000 })),
    boundByLogin: fc.boolean(),
  })
  .map((changes): StageRules => rules(present(changes) as Partial<StageRules>))
const callers = fc
  .record({
    roles: fc.array(roleName, { maxLength: 3 }),
    stageGrants: fc.dictionary(fc.constantFrom('demo', '*', 'other'), roleName, { maxKeys: 2 }),
    maxRole: optional(roleName),
    attributes: fc.dictionary(fc.constantFrom('team', 'role'), fc.string({ maxLength: 20 })),
    expiresAt: fc.integer({ min: NOW, max: NOW + 50_000 }),
  })
  .map((changes) => aCaller(present(changes)))
const standings = fc
  .record({
    assignedRole: optional(roleName),
    ban: optional(fc.record({ rank: fc.constantFrom(0, 20, 30), until: fc.integer({ min: NOW - 1, max: NOW + 1 }) })),
  })
  .map(present)
const requests = fc
  .record({
    role: optional(roleName),
    capabilities: optional(capabilities),
    duration: optional(fc.integer({ min: 1, max: 20_160 })),
    attributes: optional(
      fc.dictionary(
        fc.constantFrom('displayName', 'displayName', 'displayName', 'team', 'role', '__proto__'),
        fc.string({ maxLength: 600 }),
      ),
    ),
  })
  .map((request): GrantRequest => present(request))

describe('whatever the request says', () => {
  it('the grant lies within the right and every bound', () => {
    let grants = 0
    fc.assert(
      fc.property(stages, callers, standings, requests, (stage, caller, standing, request) => {
        const decided = decideGrant(stage, caller, standing, request, NOW)
        if (!decided.ok) return
        grants++
        const grant = decided.value
        const right = rightOf(stage, caller, standing)
        if (right === undefined) throw new Error('a grant without a right')
        expect(grant.right).toEqual(right)
        expect(isSubset(grant.capabilities, right.capabilities)).toBe(true)
        expect(rankOf(stage.roles, grant.role)).toBeLessThanOrEqual(right.rank)
        const bounds = [
          stage.maxDuration,
          roleNamed(stage.roles, right.role)?.maxDuration ?? 0,
          roleNamed(stage.roles, grant.role)?.maxDuration ?? 0,
          request.duration ?? Number.POSITIVE_INFINITY,
          ((stage.endsAt ?? Number.POSITIVE_INFINITY) - NOW) / 60,
          stage.boundByLogin ? (caller.expiresAt - NOW) / 60 : Number.POSITIVE_INFINITY,
        ]
        for (const bound of bounds) expect(grant.duration).toBeLessThanOrEqual(bound)
        expect(grant.duration).toBeGreaterThanOrEqual(1)
        expect(grant.attributes).toMatchObject({ ...caller.attributes, role: grant.role })
        expect(attributesBytes(grant.attributes)).toBeLessThanOrEqual(1024)
      }),
      { numRuns: 3000 },
    )
    expect(grants).toBeGreaterThan(300)
  })

  it('asking for more fields never gives more than asking for nothing', () => {
    fc.assert(
      fc.property(stages, callers, standings, requests, (stage, caller, standing, request) => {
        const asked = decideGrant(stage, caller, standing, request, NOW)
        if (!asked.ok) return
        const { duration: _, ...withoutDuration } = request
        const plain = decideGrant(stage, caller, standing, {}, NOW)
        // What is refused without a word of the request is refused with any.
        if (!plain.ok) expect(plain.refusal.rule).toBe('attributes_too_large')
        else expect(isSubset(asked.value.capabilities, plain.value.capabilities)).toBe(true)
        const longest = decideGrant(stage, caller, standing, { ...withoutDuration, duration: 20_160 }, NOW)
        expect(longest.ok && longest.value.duration >= asked.value.duration).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('nothing in it says who is asking', () => {
    fc.assert(
      fc.property(stages, callers, requests, fc.string(), (stage, caller, request, userId) => {
        const named = { ...request, userId, isAdmin: true, stageIdPrefix: '', rank: 99 } as GrantRequest
        const one = decideGrant(stage, caller, {}, request, NOW)
        expect(decideGrant(stage, caller, {}, named, NOW)).toEqual(one)
      }),
    )
  })
})

describe('an assumption', () => {
  it('holds exactly for the roles it names', () => {
    let assumed = 0
    fc.assert(
      fc.property(stages, callers, requests, optional(roleName), (stage, caller, request, guess) => {
        const assumption = assumeGrant(stage, caller, request, guess, NOW)
        if (!assumption.ok) return
        assumed++
        const { grant, unassigned, assignedRoles } = assumption.value
        for (const name of [undefined, ...NAMES, 'gone', '__proto__']) {
          const exact = decideGrant(stage, caller, name === undefined ? {} : { assignedRole: name }, request, NOW)
          const leadsThere = name === undefined ? unassigned : assignedRoles.includes(name)
          expect(exact.ok && sameGrant(exact.value, grant)).toBe(leadsThere)
          if (!leadsThere || !exact.ok) continue
          const { right, ...rest } = exact.value
          const { right: assumedRight, ...assumedRest } = grant
          expect(rest).toEqual(assumedRest)
          expect(right.rank).toBe(assumedRight.rank)
        }
      }),
      { numRuns: 2000 },
    )
    expect(assumed).toBeGreaterThan(200)
  })
})
