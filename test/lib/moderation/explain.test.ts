import { describe, expect, it } from 'vitest'
import { explainClaims, explainUser } from '../../../lib/moderation/explain.ts'
import { Explanation } from '../../../lib/moderation/explanation.schema.ts'
import { anAdmin } from '../../support/callers.ts'
import { AUDIENCE, claimsWith, ISSUER, type Members } from '../../support/logins.ts'
import { aModeration, moderator, user } from '../../support/moderation.ts'
import { aParticipant, T0 } from '../../support/participants.ts'

const NOW = T0 + 60_000
const iso = (ms: number): string => new Date(ms).toISOString()
const ada = user('ada')

async function explained(scene: ReturnType<typeof aModeration>): Promise<Explanation> {
  const answer = await explainUser(scene.deps, scene.call(moderator()), ada)
  if (!answer.ok) throw new Error(answer.refusal.code)
  expect(Explanation.safeParse(answer.value).error).toBeUndefined()
  return answer.value
}

describe('what a user may do', () => {
  it('is what the stage gives everyone, where nothing is known of them', async () => {
    expect(await explained(aModeration())).toEqual({
      userId: 'ada',
      decision: 'granted',
      rule: 'granted',
      right: { role: 'viewer', rank: 0, source: 'default_role' },
      grant: { role: 'viewer', capabilities: ['SUBSCRIBE'], duration: 180 },
      facts: { stage: { access: 'open', defaultRole: 'viewer', changedAt: iso(T0), ageSeconds: 60 } },
      at: iso(NOW),
    })
  })

  it('is what their login gave when they last were here, and says how long ago that was', async () => {
    const scene = aModeration({ access: 'members' })
    const login = { role: 'host', source: 'login_group' as const }
    await scene.seat('ada', [
      aParticipant('old', { mintedAt: T0 - 9_000 }),
      aParticipant('new', { right: { role: 'host', source: 'login_group', login } }),
    ])
    expect(await explained(scene)).toMatchObject({
      decision: 'granted',
      right: { role: 'host', rank: 30, source: 'login_group' },
      facts: { login: { ...login, recordedAt: iso(T0), ageSeconds: 60 } },
    })
  })

  it('is refused by the rule that answers first, with every fact there is', async () => {
    const scene = aModeration()
    await scene.seat('ada', [], {
      assigned: { role: 'speaker', by: 'hana', at: T0 },
      ban: { rank: 20, by: 'bob', at: T0 + 30_000, until: NOW / 1000 + 600 },
      putOut: { at: T0 + 10_000, as: 'kicked', coolDown: { until: NOW / 1000 + 60, rank: 20 } },
    })
    expect(await explained(scene)).toMatchObject({
      ...{ decision: 'refused', rule: 'banned', code: 'banned', until: iso(NOW + 600_000) },
      right: { role: 'speaker', source: 'assigned' },
      facts: {
        assigned: { role: 'speaker', by: 'hana', at: iso(T0), ageSeconds: 60 },
        ban: { by: 'bob', rank: 20, at: iso(T0 + 30_000), ageSeconds: 30, until: iso(NOW + 600_000) },
        coolDown: { rank: 20, until: iso(NOW + 60_000), ageSeconds: 50 },
      },
    })
  })

  it.each<[string, Parameters<typeof aModeration>[0], string, string]>([
    ['no right', { access: 'members' }, 'no_right', 'not_a_member'],
    ['a stage that is over', { endsAt: NOW / 1000 }, 'stage_ended', 'stage_closed'],
  ])('is refused for %s', async (_, stage, rule, code) => {
    expect(await explained(aModeration(stage))).toMatchObject({ decision: 'refused', rule, code })
  })
})

describe('what a login with certain claims would be given', () => {
  const asked = async (claims: Members, stage: Parameters<typeof aModeration>[0] = {}) => {
    const scene = aModeration(stage)
    await scene.seat('banned', [], { ban: { rank: 20, by: 'bob', at: T0 } })
    const answer = await explainClaims(scene.deps, scene.call(anAdmin()), claims)
    if (!answer.ok) throw new Error(answer.refusal.code)
    expect(Explanation.safeParse(answer.value).error).toBeUndefined()
    return answer.value
  }
  const soon = { iat: NOW / 1000 - 10, exp: NOW / 1000 + 600 }

  it('is what policy says of whom the issuer makes of them', async () => {
    expect(await asked(claimsWith({ ...soon, sub: 'ada', groups: ['host'] }))).toMatchObject({
      userId: 'ada',
      decision: 'granted',
      right: { role: 'host', source: 'login_group' },
      facts: { login: { issuer: ISSUER, admin: false } },
    })
  })

  it('takes the record of that user into account', async () => {
    expect(await asked(claimsWith({ ...soon, sub: 'banned' }))).toMatchObject({ rule: 'banned', userId: 'banned' })
  })

  it('says whether it would be an admin', async () => {
    const answer = await asked(claimsWith({ ...soon, groups: ['admins'] }))
    expect(answer.facts.login).toMatchObject({ admin: true })
  })

  it.each<[string, Members, string]>([
    ['of no issuer', claimsWith({ ...soon, iss: 'https://evil.example/' }), 'login_invalid'],
    ['for another audience', claimsWith({ ...soon, aud: `${AUDIENCE}-not` }), 'login_invalid'],
    ['that have expired', claimsWith({ iat: 1, exp: 2 }), 'login_expired'],
    ['of no user', claimsWith({ ...soon, sub: '' }), 'login_invalid'],
    ['of no shape at all', {}, 'login_invalid'],
  ])('is a refusal for claims %s', async (_, claims, code) => {
    expect(await asked(claims)).toMatchObject({ decision: 'refused', rule: 'login', code })
  })

  it('repeats nothing of the claims but who it would be', async () => {
    const text = JSON.stringify(await asked(claimsWith({ ...soon, sub: 'ada', email: 'MARKER', groups: ['MARKER'] })))
    expect(text).not.toContain('MARKER')
  })
})
