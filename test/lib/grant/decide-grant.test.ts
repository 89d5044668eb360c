import { describe, expect, it } from 'vitest'
import { resolveRoles } from '../../../lib/grant/built-in-roles.ts'
import { decideGrant } from '../../../lib/grant/decide-grant.ts'
import type { GrantRequest, RuleName, StageRules, Standing } from '../../../lib/grant/grant.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { aCaller } from '../../support/callers.ts'
import { T0 } from '../../support/participants.ts'
import { ROLES, rules } from '../../support/stages.ts'

const NOW = T0 / 1000
const MINUTE = 60

interface Case {
  readonly stage?: Partial<StageRules>
  readonly caller?: Parameters<typeof aCaller>[0]
  readonly standing?: Standing
  readonly request?: GrantRequest
}
const decide = ({ stage, caller, standing, request }: Case) =>
  decideGrant(rules(stage), aCaller(caller), standing ?? {}, request ?? {}, NOW)
const granted = (one: Case) => {
  const decided = decide(one)
  if (!decided.ok) throw new Error(`refused by ${decided.refusal.rule}`)
  return decided.value
}

const everyGrant = { stageGrants: { demo: 'host', '*': 'moderator' }, roles: ['speaker'] } as const
const host: Standing = { assignedRole: 'host' }
const ban = (rank: number, until?: number) => ({ rank, ...(until !== undefined && { until }) })

describe('refusals, in the order of the rules', () => {
  it.each<[string, RuleName, Refusal['code'] | 'login_expired', Case]>([
    ['a banned stranger', 'banned', 'banned', { standing: { ban: ban(20) } }],
    ['a ban before having no right', 'banned', 'banned', { stage: { access: 'members' }, standing: { ban: ban(0) } }],
    ['a ban before a closed stage', 'banned', 'banned', { stage: { access: 'closed' }, standing: { ban: ban(20) } }],
    ['a ban by the same rank', 'banned', 'banned', { standing: { ...host, ban: ban(30) } }],
    ['a ban that ends in a second', 'banned', 'banned', { standing: { ban: ban(20, NOW + 1) } }],
    ['nobody on a members stage', 'no_right', 'not_a_member', { stage: { access: 'members' } }],
    ['nobody on a closed stage', 'no_right', 'not_a_member', { stage: { access: 'closed' } }],
    ['an unknown assigned role', 'no_right', 'not_a_member', { standing: { assignedRole: 'gone' } }],
    ['an assigned `constructor`', 'no_right', 'not_a_member', { standing: { assignedRole: 'constructor' } }],
    ['an assigned `__proto__`', 'no_right', 'not_a_member', { standing: { assignedRole: '__proto__' } }],
    ['an unknown default role', 'no_right', 'not_a_member', { stage: { defaultRole: 'toString' } }],
    ['a default role that moderates', 'no_right', 'not_a_member', { stage: { defaultRole: 'moderator' } }],
    ['a speaker on a closed stage', 'stage_closed', 'stage_closed', closed('speaker')],
    ['rank 19 on a closed stage', 'stage_closed', 'stage_closed', closedForRank(19)],
    ['a stage that ends in 59 s', 'stage_ended', 'stage_closed', { stage: { endsAt: NOW + 59 } }],
    [
      'a stage that has ended, for its host too',
      'stage_ended',
      'stage_closed',
      { stage: { endsAt: NOW }, standing: host },
    ],
    ['a higher role', 'role_outside_right', 'role_not_allowed', { request: { role: 'host' } }],
    ['a role of the same rank with more', 'role_outside_right', 'role_not_allowed', sameRankWithMore()],
    ['a lower role with more', 'role_outside_right', 'role_not_allowed', moderatorAsSpeaker()],
    ['an unknown role', 'role_outside_right', 'role_not_allowed', { standing: host, request: { role: 'valueOf' } }],
    [
      'a capability more',
      'capability_outside_role',
      'capability_not_allowed',
      { request: { capabilities: ['PUBLISH'] } },
    ],
    ['one capability too many', 'capability_outside_role', 'capability_not_allowed', bothAsViewer()],
    ['no capability', 'capability_outside_role', 'capability_not_allowed', { request: { capabilities: [] } }],
    [
      'the role is narrowed, so are its capabilities',
      'capability_outside_role',
      'capability_not_allowed',
      narrowedHost(),
    ],
    ['an attribute of no role', 'attribute_not_settable', 'invalid_request', attributes({ color: 'red' })],
    ['the attribute that is ours', 'attribute_not_settable', 'invalid_request', attributes({ role: 'host' })],
    [
      'attributes of 1,025 bytes',
      'attributes_too_large',
      'invalid_request',
      attributes({ displayName: 'x'.repeat(993) }),
    ],
    ['a login that lasts 59 s', 'login_too_short', 'login_expired', boundTo(59)],
  ])('%s', (_label, rule, code, one) => {
    expect(decide(one)).toMatchObject({ ok: false, refusal: { rule, refusal: { code } } })
  })

  it('says until when a ban lasts, and of an endless one nothing', () => {
    expect(decide({ standing: { ban: ban(20, NOW + 60) } })).toMatchObject({
      refusal: { refusal: { until: NOW + 60 } },
    })
    const endless = decide({ standing: { ban: ban(20) } })
    expect(endless.ok ? undefined : endless.refusal.refusal).toEqual({ code: 'banned' })
  })

  it('points at each attribute that may not be set, however it is spelled', () => {
    const request = { attributes: JSON.parse('{"a/b~c":"1","__proto__":"2","displayName":"Ada"}') }
    const decided = decide({ request })
    expect(decided).toMatchObject({
      refusal: { refusal: { errors: [{ pointer: '/attributes/a~1b~0c' }, { pointer: '/attributes/__proto__' }] } },
    })
  })
})

describe('the right: the first source that answers', () => {
  it.each<[string, string, string, Case]>([
    ['the assigned role', 'speaker', 'assigned', { standing: { assignedRole: 'speaker' }, caller: everyGrant }],
    ['the login for this stage', 'host', 'login_stage', { caller: everyGrant }],
    [
      'the login for any stage',
      'moderator',
      'login_any_stage',
      { caller: { ...everyGrant, stageGrants: { '*': 'moderator' } } },
    ],
    ['the highest of the groups', 'speaker', 'login_group', { caller: { roles: ['viewer', 'speaker', 'staff'] } }],
    ['the default of an open stage', 'viewer', 'default_role', {}],
    ['groups that are no roles pass by', 'viewer', 'default_role', { caller: { roles: ['staff', 'constructor'] } }],
    ['a ban that is over', 'viewer', 'default_role', { standing: { ban: ban(30, NOW) } }],
    ['a ban by a lower rank', 'host', 'assigned', { standing: { ...host, ban: ban(29) } }],
    ['a moderator on a closed stage', 'moderator', 'assigned', closed('moderator')],
    ['rank 20 on a closed stage', 'custom', 'assigned', closedForRank(20)],
    ['`maxRole` bounds the login', 'speaker', 'login_stage', { caller: { ...everyGrant, maxRole: 'speaker' } }],
    ['`maxRole` bounds groups', 'viewer', 'login_group', { caller: { roles: ['host'], maxRole: 'viewer' } }],
    ['`maxRole` leaves lower ones', 'viewer', 'login_group', { caller: { roles: ['viewer'], maxRole: 'host' } }],
    ['`maxRole` is nothing to an assigned role', 'host', 'assigned', { standing: host, caller: { maxRole: 'viewer' } }],
  ])('%s', (_label, role, source, one) => {
    expect(granted(one).right).toMatchObject({ role, source })
  })

  it.each<[string, Case]>([
    [
      'an unknown role for this stage does not fall through',
      { caller: { ...everyGrant, stageGrants: { demo: 'gone', '*': 'host' } } },
    ],
    [
      'an unknown role for any stage does not fall through',
      { caller: { ...everyGrant, stageGrants: { '*': '__proto__' } } },
    ],
    ['an unknown `maxRole` leaves nothing', { caller: { roles: ['viewer'], maxRole: 'gone' } }],
    ['a `maxRole` that would add a capability', { caller: { roles: ['moderator'], maxRole: 'speaker' } }],
  ])('%s', (_label, one) => {
    expect(decide(one)).toMatchObject({ ok: false, refusal: { rule: 'no_right' } })
  })
})

describe('the grant', () => {
  it('is the whole right where nothing is asked', () => {
    expect(granted({ standing: host })).toEqual({
      role: 'host',
      capabilities: ['PUBLISH', 'SUBSCRIBE'],
      duration: 180,
      callerAttributes: {},
      attributes: { role: 'host' },
      right: { role: 'host', rank: 30, capabilities: ['PUBLISH', 'SUBSCRIBE'], source: 'assigned' },
    })
  })

  it('is narrower where less is asked, and the right stays what it was', () => {
    const one = granted({ standing: host, request: { role: 'speaker', capabilities: ['SUBSCRIBE'], duration: 5 } })
    expect(one).toMatchObject({ role: 'speaker', capabilities: ['SUBSCRIBE'], duration: 5, right: { rank: 30 } })
  })

  it.each<[string, number, Case]>([
    ['the default of the role', 180, {}],
    ['what is asked', 7, { request: { duration: 7 } }],
    ['at most what the role allows', 720, { request: { duration: 20_160 } }],
    ['at most what the stage or deployment allows', 90, { stage: { maxDuration: 90 } }],
    ['at most until the stage ends, in whole minutes', 10, { stage: { endsAt: NOW + 10 * MINUTE + 59 } }],
    ['a minute before the stage ends', 1, { stage: { endsAt: NOW + MINUTE } }],
    ['at most as long as the login, where so configured', 30, boundTo(30 * MINUTE + 59)],
    ['longer than the login, where not', 180, { caller: { expiresAt: NOW + 1 } }],
    [
      'the smallest of all',
      3,
      { ...boundTo(5 * MINUTE), stage: { boundByLogin: true, endsAt: NOW + 4 * MINUTE, maxDuration: 3 } },
    ],
    ['no longer for asking for a laxer role', 15, laxerViewer({ role: 'viewer', duration: 600 })],
  ])('lasts %s', (_label, duration, one) => {
    expect(granted(one).duration).toBe(duration)
  })

  it('carries what the caller may set, and the server’s own over it', () => {
    const wide = resolveRoles(ROLES, { viewer: { callerAttributes: ['displayName', 'team', 'role'] } })
    const one = granted({
      stage: { roles: wide },
      caller: { attributes: { team: 'blue' } },
      request: { attributes: { displayName: 'Ada', team: 'red', role: 'host' } },
    })
    expect(one.attributes).toEqual({ displayName: 'Ada', team: 'blue', role: 'viewer' })
  })

  it('takes attributes of exactly 1,024 bytes, counted in UTF-8 with the server’s', () => {
    const room = 1024 - JSON.stringify({ displayName: '', role: 'viewer' }).length
    const wide = 'é'.repeat(Math.floor(room / 2))
    expect(granted(attributes({ displayName: wide })).attributes.displayName).toBe(wide)
    expect(decide(attributes({ displayName: `${wide}éé` })).ok).toBe(false)
  })

  it('lets nobody set an attribute through a lower role that their own may not set', () => {
    expect(decide(laxerViewer({ role: 'viewer', attributes: { team: 'red' } }))).toMatchObject({
      refusal: { rule: 'attribute_not_settable' },
    })
  })
})

function closed(assignedRole: string): Case {
  return { stage: { access: 'closed' }, standing: { assignedRole } }
}

function closedForRank(rank: number): Case {
  const viewer = { ...ROLES.viewer, rank }
  return {
    stage: { access: 'closed', roles: resolveRoles(ROLES, { custom: viewer }) },
    standing: { assignedRole: 'custom' },
  }
}

function sameRankWithMore(): Case {
  return {
    stage: { roles: resolveRoles(ROLES, { talker: { ...ROLES.speaker, rank: 0 } }) },
    request: { role: 'talker' },
  }
}

function moderatorAsSpeaker(): Case {
  return { standing: { assignedRole: 'moderator' }, request: { role: 'speaker' } }
}

function bothAsViewer(): Case {
  return { request: { capabilities: ['SUBSCRIBE', 'PUBLISH'] } }
}

function narrowedHost(): Case {
  return { standing: host, request: { role: 'viewer', capabilities: ['PUBLISH'] } }
}

function attributes(map: Readonly<Record<string, string>>): Case {
  return { request: { attributes: map } }
}

function boundTo(seconds: number): Case {
  return { stage: { boundByLogin: true }, caller: { expiresAt: NOW + seconds } }
}

/** A host held shorter and plainer than a viewer: asking for less must not give more. */
function laxerViewer(request: GrantRequest): Case {
  const roles = resolveRoles(ROLES, {
    host: { maxDuration: 15 },
    viewer: { callerAttributes: ['displayName', 'team'] },
  })
  return { stage: { roles }, standing: host, request }
}
