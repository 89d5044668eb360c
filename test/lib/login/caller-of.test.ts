import { describe, expect, it } from 'vitest'
import type { IssuerConfig } from '../../../lib/config/config.ts'
import { callerOf } from '../../../lib/login/caller-of.ts'
import { AUDIENCE, claimsWith, ISSUER, type Members } from '../../support/logins.ts'

const read = (entry: Partial<IssuerConfig>, claims: Members) =>
  callerOf(claimsWith(claims), { issuer: ISSUER, audience: AUDIENCE, ...entry })

type Row = readonly [string, Partial<IssuerConfig>, Members]

describe('the user id', () => {
  it.each([
    ['sub, unless configured', {}, {}, 'user-1'],
    ['another claim', { userIdClaim: 'email' }, { email: 'ada@example.com' }, 'ada@example.com'],
    ['a path', { userIdClaim: ['user', 'id'] }, { user: { id: 'u7' } }, 'u7'],
    ['with the prefix', { userIdPrefix: 'auth0|' }, {}, 'auth0|user-1'],
    ['as long as can be', {}, { sub: 'u'.repeat(128) }, 'u'.repeat(128)],
  ])('is %s', (_, entry, claims, userId) => {
    expect(read(entry, claims)?.userId).toBe(userId)
  })

  const refused: readonly Row[] = [
    ['a literal name with dots is no path', { userIdClaim: 'user.id' }, { user: { id: 'u7' } }],
    ['too long with its prefix', { userIdPrefix: 'p:' }, { sub: 'u'.repeat(127) }],
    ['empty behind a prefix', { userIdPrefix: 'p:' }, { sub: '' }],
    ['a member of every object', { userIdClaim: ['constructor', 'name'] }, {}],
    ['a path through text', { userIdClaim: ['sub', 'length'] }, {}],
    ['a path through a list', { userIdClaim: ['ids', '0'] }, { ids: ['u7'] }],
    ['a single dot', {}, { sub: '.' }],
    ...['/', '?', '#', '%', '\\', '\u0085', '\u007f'].map(
      (bad): Row => [`with ${JSON.stringify(bad)}`, {}, { sub: `u${bad}` }],
    ),
  ]
  it.each(refused)('is refused: %s', (_, entry, claims) => {
    expect(read(entry, claims)).toBeUndefined()
  })
})

describe('roles', () => {
  const roleMap = { 'Stage Hosts': 'host', staff: 'moderator', crew: 'host' }

  it.each([
    ['none without a claim configured', {}, { roles: ['host'] }, []],
    ['none where the claim is missing', { rolesClaim: 'roles' }, {}, []],
    ['none where the claim is null', { rolesClaim: 'roles' }, { roles: null }, []],
    ['groups as they are', { rolesClaim: 'roles' }, { roles: ['b', 'a', 'b'] }, ['b', 'a']],
    ['a text is one group', { rolesClaim: 'role' }, { role: 'host speaker' }, ['host speaker']],
    ['a literal name with a colon', { rolesClaim: 'cognito:groups' }, { 'cognito:groups': ['host'] }, ['host']],
    ['a path', { rolesClaim: ['realm_access', 'roles'] }, { realm_access: { roles: ['host'] } }, ['host']],
    [
      'in the order of the map, once each',
      { rolesClaim: 'g', roleMap },
      { g: ['crew', 'staff', 'Stage Hosts'] },
      ['host', 'moderator'],
    ],
    ['only what the map names', { rolesClaim: 'g', roleMap }, { g: ['host', 'moderator', 'toString'] }, []],
  ])('are %s', (_, entry, claims, roles) => {
    expect(read(entry, claims)?.roles).toEqual(roles)
  })

  it.each([
    ['a number', 7],
    ['an object', { host: true }],
    ['a list that holds more than texts', ['host', 7]],
    ['too many', Array.from({ length: 201 }, (_, at) => `group-${at}`)],
    ['an endless name', ['x'.repeat(257)]],
  ])('in the wrong shape make the login invalid: %s', (_, roles) => {
    expect(read({ rolesClaim: 'roles' }, { roles })).toBeUndefined()
  })

  it.each([
    ['the group itself, not the role it maps to', { g: ['staff'] }, true],
    ['no such group', { g: ['admin'] }, false],
    ['no group', {}, false],
  ])('make an admin by %s', (_, claims, isAdmin) => {
    expect(read({ rolesClaim: 'g', roleMap, adminRoles: ['staff'] }, claims)?.isAdmin).toBe(isAdmin)
  })
})

describe('grants for stages', () => {
  it.each([
    ['none without a claim configured', {}, { stages: { '*': 'host' } }, {}],
    ['none where the claim is missing', { stagesClaim: 'stages' }, {}, {}],
    [
      'by stage and for any',
      { stagesClaim: 'stages' },
      { stages: { 'town-hall': 'host', '*': 'viewer' } },
      { 'town-hall': 'host', '*': 'viewer' },
    ],
    [
      'without names no stage has',
      { stagesClaim: 'stages' },
      { stages: { 'Town Hall': 'host', '**': 'host', constructor: 'host' } },
      { constructor: 'host' },
    ],
  ])('are %s', (_, entry, claims, stageGrants) => {
    expect(read(entry, claims)?.stageGrants).toEqual(stageGrants)
  })

  it.each([
    ['text', 'host'],
    ['a list', ['town-hall']],
    ['a stage without a role', { 'town-hall': null, '*': 'host' }],
    ['a stage with several roles', { 'town-hall': ['host'] }],
    ['too many', Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`stage-${at}`, 'viewer']))],
  ])('in the wrong shape make the login invalid: %s', (_, stages) => {
    expect(read({ stagesClaim: 'stages' }, { stages })).toBeUndefined()
  })

  it('never come from a prototype', () => {
    const stages = JSON.parse('{"__proto__":{"town-hall":"host"}}') as unknown
    const grants = read({ stagesClaim: 'stages' }, { stages })?.stageGrants
    expect(grants?.['town-hall']).toBeUndefined()
  })
})

describe('attributes', () => {
  const attributeClaims = { plan: 'plan', team: ['org', 'team'] }

  it.each([
    ['text', { plan: 'gold' }, { plan: 'gold' }],
    ['empty text', { plan: '' }, { plan: '' }],
    ['a number', { plan: 1.5 }, { plan: '1.5' }],
    ['true', { plan: true }, { plan: 'true' }],
    ['a path', { org: { team: 'red' } }, { team: 'red' }],
    ['an object: absent', { plan: { name: 'gold' } }, {}],
    ['a list: absent', { plan: ['gold'] }, {}],
    ['null: absent', { plan: null }, {}],
    ['as long as can be', { plan: 'é'.repeat(128) }, { plan: 'é'.repeat(128) }],
    ['too long: absent, never cut', { plan: 'é'.repeat(129) }, {}],
    ['a lone surrogate: absent', { plan: '\ud800' }, {}],
  ])('are copied: %s', (_, claims, attributes) => {
    expect(read({ attributeClaims }, claims)?.attributes).toEqual(attributes)
  })

  it('leave room for the caller’s own', () => {
    const many = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, name]))
    const claims = Object.fromEntries(Object.keys(many).map((name) => [name, name.repeat(250)]))
    expect(Object.keys(read({ attributeClaims: many }, claims)?.attributes ?? {})).toEqual(['a', 'b'])
  })
})

it('carries the issuer’s bounds', () => {
  expect(read({ maxRole: 'speaker', stageIdPrefix: 'acme-' }, {})).toMatchObject({
    issuer: ISSUER,
    maxRole: 'speaker',
    stageIdPrefix: 'acme-',
  })
})
