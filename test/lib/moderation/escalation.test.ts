import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../lib/login/caller.ts'
import { explainClaims, explainUser } from '../../../lib/moderation/explain.ts'
import { listAudit, listBans, listMembers } from '../../../lib/moderation/lists.ts'
import { assignRole, removeRole } from '../../../lib/moderation/members.ts'
import type { ModerationCall, ModerationDeps } from '../../../lib/moderation/moderating.ts'
import { banUser, kickUser, unbanUser } from '../../../lib/moderation/put-out.ts'
import type { UserRecord } from '../../../lib/participant/user-record.ts'
import type { Result } from '../../../lib/result.ts'
import { aCaller, anAdmin } from '../../support/callers.ts'
import { aModeration, user } from '../../support/moderation.ts'
import { aParticipant, T0 } from '../../support/participants.ts'

/** Written down here a second time on purpose: the built-in ranks, and one between host and the highest there may be. */
const RANKS = { viewer: 0, speaker: 10, moderator: 20, host: 30, chief: 100 } as const
type Name = keyof typeof RANKS
const NAMES = Object.keys(RANKS) as Name[]
const roles = {
  chief: { rank: 100, capabilities: ['SUBSCRIBE' as const], defaultDuration: 1, maxDuration: 1, callerAttributes: [] },
}

type Facts = Partial<Omit<UserRecord, 'connected'>>

const ada = user('ada')
type Act = (deps: ModerationDeps, call: ModerationCall) => Promise<Result<unknown, { readonly code: string }>>
const ACTS: Readonly<Record<string, Act>> = {
  'take a role away': (deps, call) => removeRole(deps, call, ada),
  kick: (deps, call) => kickUser(deps, call, ada, {}),
  ban: (deps, call) => banUser(deps, call, ada, {}),
  'lift a ban': (deps, call) => unbanUser(deps, call, ada),
}
const LOOKS: Readonly<Record<string, Act>> = {
  'list members': (deps, call) => listMembers(deps, call, { limit: 10 }),
  'list bans': (deps, call) => listBans(deps, call, { limit: 10 }),
  'list the audit': (deps, call) => listAudit(deps, call, {}, { limit: 10 }),
  'explain a user': (deps, call) => explainUser(deps, call, ada),
}

const codeOf = (answer: Result<unknown, { readonly code: string }>): string =>
  answer.ok ? 'allowed' : answer.refusal.code

/** How a user comes to their rank: by a role assigned to them, or as recorded when they last were given a token. */
const RECORDED: Readonly<Record<string, (role: Name) => Facts>> = {
  'as assigned': (role) => ({ assigned: { role, by: 'root', at: T0 } }),
  'as last seen': (role) => ({
    participants: [aParticipant('one', { role: 'viewer', right: { role, source: 'login_group' } })],
  }),
}
const HELD: Readonly<Record<string, (scene: ReturnType<typeof aModeration>, role: Name) => Promise<Caller>>> = {
  'by login': async (_, role) => aCaller({ userId: 'bob', roles: [role] }),
  'by assignment': async (scene, role) => {
    await scene.seat('bob', [], { assigned: { role, by: 'root', at: T0 } })
    return aCaller({ userId: 'bob' })
  },
}

async function between(actor: Name, held: string, target: Name, recorded: string) {
  const scene = aModeration({ roles })
  const caller = await HELD[held]?.(scene, actor)
  await scene.seat('ada', [], RECORDED[recorded]?.(target))
  if (caller === undefined) throw new Error('nobody to act')
  return { scene, caller }
}

const pairs = NAMES.flatMap((actor) =>
  Object.keys(HELD).flatMap((held) =>
    NAMES.flatMap((target) => Object.keys(RECORDED).map((recorded) => ({ actor, held, target, recorded }))),
  ),
)

describe('taking a role away gives back what the login gives', () => {
  it.each(NAMES.filter((name) => RANKS[name] >= 20).flatMap((actor) => NAMES.map((login) => ({ actor, login }))))(
    '$actor, of a viewer whose login makes them a $login',
    async ({ actor, login }) => {
      const scene = aModeration({ roles })
      const caller = aCaller({ userId: 'bob', roles: [actor] })
      const right = { role: 'viewer', source: 'assigned', login: { role: login, source: 'login_stage' } } as const
      const assigned = { role: 'viewer', by: 'root', at: T0 }
      await scene.seat('ada', [aParticipant('one', { role: 'viewer', right })], { assigned })
      const expected = RANKS[login] <= RANKS[actor] ? 'allowed' : 'role_not_allowed'
      expect(codeOf(await removeRole(scene.deps, scene.call(caller), ada))).toBe(expected)
      if (expected !== 'allowed') expect([scene.record('ada')?.assigned, scene.events]).toEqual([assigned, []])
      expect(codeOf(await removeRole(scene.deps, scene.call(anAdmin()), ada))).toBe('allowed')
    },
  )
})

describe('who was given a role that is gone', () => {
  const right = (login?: Name) => ({
    ...{ role: 'host', source: 'assigned' as const },
    ...(login !== undefined && { login: { role: login, source: 'login_group' as const } }),
  })
  it.each<[string, Name | undefined, string]>([
    ['ranks as the stage’s default role', undefined, 'allowed'],
    ['ranks as their login does', 'host', 'outranked'],
    ['ranks as their login does, which is less', 'viewer', 'allowed'],
  ])('%s', async (_, login, expected) => {
    for (const act of [ACTS.kick, ACTS.ban]) {
      const scene = aModeration({ roles, access: 'open' })
      await scene.seat('ada', [aParticipant('one', { role: 'host', right: right(login) })])
      const moderator = scene.call(aCaller({ userId: 'bob', roles: ['moderator'] }))
      expect(act && codeOf(await act(scene.deps, moderator))).toBe(expected)
    }
  })
})

describe('who may act on whom', () => {
  it.each(pairs)('$actor ($held) on $target ($recorded)', async ({ actor, held, target, recorded }) => {
    const expected = RANKS[actor] < 20 ? 'not_a_moderator' : RANKS[target] < RANKS[actor] ? 'allowed' : 'outranked'
    for (const act of Object.values(ACTS)) {
      const { scene, caller } = await between(actor, held, target, recorded)
      expect(codeOf(await act(scene.deps, scene.call(caller)))).toBe(expected)
      if (expected !== 'allowed') expect([scene.sent, scene.events, scene.audited()]).toEqual([[], [], []])
    }
  })

  it.each(pairs)('$actor ($held) gives roles to $target ($recorded)', async ({ actor, held, target, recorded }) => {
    for (const role of NAMES) {
      const { scene, caller } = await between(actor, held, target, recorded)
      const before = scene.record('ada')
      const answer = codeOf(await assignRole(scene.deps, scene.call(caller), ada, { role }))
      const mayGive = RANKS[role] <= RANKS[actor]
      const mayAct = RANKS[target] < RANKS[actor]
      const refused = mayGive ? 'outranked' : 'role_not_allowed'
      expect(answer).toBe(RANKS[actor] < 20 ? 'not_a_moderator' : mayGive && mayAct ? 'allowed' : refused)
      if (answer !== 'allowed') expect(scene.record('ada')).toBe(before)
    }
  })

  it.each(NAMES)('%s may look', async (actor) => {
    for (const look of Object.values(LOOKS)) {
      const { scene, caller } = await between(actor, 'by login', 'chief', 'as assigned')
      expect(codeOf(await look(scene.deps, scene.call(caller)))).toBe(RANKS[actor] < 20 ? 'not_a_moderator' : 'allowed')
    }
  })
})

describe('nobody acts on themselves', () => {
  it.each(NAMES)('%s, whatever little is recorded of them', async (actor) => {
    for (const record of [undefined, {}, RECORDED['as last seen']?.('viewer')]) {
      for (const act of [
        ...Object.values(ACTS),
        (...[deps, call]: Parameters<Act>) => assignRole(deps, call, ada, { role: actor }),
      ]) {
        const scene = aModeration({ roles })
        if (record !== undefined) await scene.seat('ada', [], record)
        const caller = aCaller({ userId: 'ada', roles: [actor] })
        expect(codeOf(await act(scene.deps, scene.call(caller)))).toBe(
          RANKS[actor] < 20 ? 'not_a_moderator' : 'outranked',
        )
      }
    }
  })
})

describe('a moderator who is put out moderates nothing', () => {
  it.each<[string, Facts]>([
    ['banned', { ban: { rank: 30, by: 'hana', at: T0 } }],
    ['cooling down', { putOut: { at: T0, as: 'kicked', coolDown: { until: T0 / 1000 + 600, rank: 30 } } }],
    ['demoted', { assigned: { role: 'viewer', by: 'hana', at: T0 } }],
  ])('%s', async (_, record) => {
    for (const act of [...Object.values(ACTS), ...Object.values(LOOKS)]) {
      const scene = aModeration()
      await scene.seat('ada', [aParticipant('one')])
      await scene.seat('bob', [], record)
      const caller = aCaller({ userId: 'bob', stageGrants: { demo: 'moderator' } })
      expect(codeOf(await act(scene.deps, scene.call(caller)))).toBe('not_a_moderator')
    }
  })

  it('unless their right outranks whoever banned them', async () => {
    const scene = aModeration()
    await scene.seat('ada', [aParticipant('one')])
    await scene.seat('bob', [], { ban: { rank: 20, by: 'eve', at: T0 } })
    const caller = aCaller({ userId: 'bob', stageGrants: { demo: 'host' } })
    expect(codeOf(await kickUser(scene.deps, scene.call(caller), ada, {}))).toBe('allowed')
  })
})

describe('issuers, their prefixes and their admins', () => {
  const EVERYTHING = {
    ...ACTS,
    ...LOOKS,
    assign: ((deps, call) => assignRole(deps, call, ada, { role: 'chief' })) as Act,
  }
  const rows = [
    ...['', 'd', 'demo'].map((stageIdPrefix) => ({ stageIdPrefix, sees: true })),
    ...['demo-', 'other', 'D'].map((stageIdPrefix) => ({ stageIdPrefix, sees: false })),
  ]

  it.each(rows)('an admin of "$stageIdPrefix" may do anything there: $sees', async ({ stageIdPrefix, sees }) => {
    for (const act of Object.values(EVERYTHING)) {
      const scene = aModeration({ roles })
      await scene.seat('ada', [], {
        assigned: { role: 'chief', by: 'root', at: T0 },
        ban: { rank: 100, by: 'x', at: T0 },
      })
      const answer = codeOf(await act(scene.deps, scene.call(anAdmin({ stageIdPrefix }))))
      expect(answer).toBe(sees ? 'allowed' : 'stage_not_found')
    }
  })

  it.each(rows)('a moderator of "$stageIdPrefix" finds the stage: $sees', async ({ stageIdPrefix, sees }) => {
    for (const act of [...Object.values(ACTS), ...Object.values(LOOKS)]) {
      const scene = aModeration()
      await scene.seat('ada', [aParticipant('one')])
      const caller = aCaller({ userId: 'bob', roles: ['moderator'], stageIdPrefix })
      expect(codeOf(await act(scene.deps, scene.call(caller)))).toBe(sees ? 'allowed' : 'stage_not_found')
    }
  })

  it('an admin may act on themselves and is bound by no ban of a role', async () => {
    const scene = aModeration()
    await scene.seat('root', [], { ban: { rank: 100, by: 'x', at: T0 } })
    expect(codeOf(await assignRole(scene.deps, scene.call(anAdmin()), user('root'), { role: 'host' }))).toBe('allowed')
  })

  it('only an admin has claims explained', async () => {
    const scene = aModeration()
    const asked = (caller: Caller) => explainClaims(scene.deps, scene.call(caller), {})
    expect(codeOf(await asked(aCaller({ stageGrants: { demo: 'host' } })))).toBe('not_an_admin')
    expect(codeOf(await asked(anAdmin({ stageIdPrefix: 'other' })))).toBe('stage_not_found')
    expect(codeOf(await asked(anAdmin()))).toBe('allowed')
  })
})
