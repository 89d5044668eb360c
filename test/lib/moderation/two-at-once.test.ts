import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../lib/login/caller.ts'
import { assignRole, removeRole } from '../../../lib/moderation/members.ts'
import type { ModerationCall, ModerationDeps } from '../../../lib/moderation/moderating.ts'
import { banUser, kickUser, unbanUser } from '../../../lib/moderation/put-out.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import type { Result } from '../../../lib/result.ts'
import { secondsOf } from '../../../lib/time.ts'
import { aModeration, host, moderator, user } from '../../support/moderation.ts'
import { aParticipant, T0 } from '../../support/participants.ts'

const ada = user('ada')
const SECONDS = secondsOf(T0 + 60_000)
type Act = (deps: ModerationDeps, call: ModerationCall) => Promise<Result<unknown, Refusal>>

const acts: Readonly<Record<string, Act>> = {
  'make a speaker': (deps, call) => assignRole(deps, call, ada, { role: 'speaker' }),
  'make a viewer': (deps, call) => assignRole(deps, call, ada, { role: 'viewer', deadlineSeconds: 30 }),
  'make a moderator': (deps, call) => assignRole(deps, call, ada, { role: 'moderator' }),
  'take the role': (deps, call) => removeRole(deps, call, ada),
  kick: (deps, call) => kickUser(deps, call, ada, {}),
  'kick for a while': (deps, call) => kickUser(deps, call, ada, { cooldownSeconds: 300 }),
  ban: (deps, call) => banUser(deps, call, ada, { reason: 'one' }),
  'ban for a while': (deps, call) => banUser(deps, call, ada, { until: SECONDS + 60 }),
  lift: (deps, call) => unbanUser(deps, call, ada),
}
const actors: Readonly<Record<string, Caller>> = { bob: moderator('bob'), eve: moderator('eve'), hana: host('hana') }

interface Order {
  readonly act: string
  readonly actor: string
}
const order: fc.Arbitrary<Order> = fc.record({
  act: fc.constantFrom(...Object.keys(acts)),
  actor: fc.constantFrom(...Object.keys(actors)),
})

/** Somewhere between any two of its steps, others take as many of theirs. */
function paused<Deps extends Pick<ModerationDeps, 'participants'>>(deps: Deps, pauses: readonly number[]): Deps {
  let next = 0
  const pause = async (): Promise<void> => {
    for (let left = pauses[next++ % Math.max(1, pauses.length)] ?? 0; left > 0; left--) await undefined
  }
  const { load, save } = deps.participants
  const participants = {
    load: async (...key: Parameters<typeof load>) => pause().then(() => load(...key)),
    save: async (...all: Parameters<typeof save>) => pause().then(() => save(...all)),
  }
  return { ...deps, participants }
}

/** Ada, on the stage twice, is a speaker, or was banned. `pauses`: how long each reading and writing of the table takes. */
async function scene(pauses: readonly number[] = []) {
  const made = aModeration()
  const given = [aParticipant('one', { capabilities: ['PUBLISH', 'SUBSCRIBE'], role: 'speaker' }), aParticipant('two')]
  await made.seat('ada', given, { assigned: { role: 'speaker', by: 'hana', at: T0 }, connected: ['one'] })
  const deps = paused(made.deps, pauses)
  const does = async ({ act, actor }: Order): Promise<unknown> => {
    const [todo, caller] = [acts[act], actors[actor]]
    if (todo === undefined || caller === undefined) throw new Error('nobody does that')
    const result = await todo(deps, made.call(caller))
    return result.ok ? result.value : result.refusal.code
  }
  /** All that is left of it: what is recorded, and who was told what to whom. */
  const left = () => {
    const { version: _, ...record } = made.record('ada') ?? {}
    return {
      record,
      audited: made
        .audited()
        .map(({ action, by, role, previousRole }) => `${by} ${action} ${role} ${previousRole}`)
        .sort(),
      told: made.events.map(({ id: _, stageUid: __, ...event }) => JSON.stringify(event)).sort(),
    }
  }
  return { does, left }
}

describe('two moderators who act at once', () => {
  it('leave what one of the two orders leaves, and are answered so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(order),
        // One who asks for the very same twice in a millisecond cannot be told from one whose first answer was lost.
        fc.tuple(order, order).filter(([one, other]) => one.act !== other.act || one.actor !== other.actor),
        fc.array(fc.nat(12), { minLength: 1, maxLength: 9 }),
        async (earlier, [one, other], pauses) => {
          const inTurn = async (first: Order, second: Order) => {
            const { does, left } = await scene()
            if (earlier !== null) await does(earlier)
            const said = [await does(first), await does(second)]
            return { said: first === one ? said : said.reverse(), ...left() }
          }
          const { does, left } = await scene(pauses)
          if (earlier !== null) await does(earlier)
          const together = { said: await Promise.all([does(one), does(other)]), ...left() }
          expect([await inTurn(one, other), await inTurn(other, one)]).toContainEqual(together)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('two who act on each other at once', () => {
  const rivals = { bob: host('bob'), eve: host('eve') }
  const against: Readonly<
    Record<string, (deps: ModerationDeps, call: ModerationCall, whom: string) => ReturnType<Act>>
  > = {
    ban: (deps, call, whom) => banUser(deps, call, user(whom), {}),
    demote: (deps, call, whom) => assignRole(deps, call, user(whom), { role: 'viewer' }),
  }
  it.each(Object.entries(against))('never both %s the other, though neither was here before', async (_, act) => {
    const property = fc.asyncProperty(fc.array(fc.nat(12), { minLength: 1, maxLength: 9 }), async (pauses) => {
      const made = aModeration()
      const deps = paused(made.deps, pauses)
      const done = await Promise.all([act(deps, made.call(rivals.bob), 'eve'), act(deps, made.call(rivals.eve), 'bob')])
      expect(done.filter(({ ok }) => ok).length).toBeLessThanOrEqual(1)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  it('one after the other, whoever acts is known for what their login says from then on', async () => {
    const made = aModeration()
    expect((await kickUser(made.deps, made.call(rivals.bob), ada, {})).ok).toBe(false)
    expect(made.record('bob')).toBeUndefined()
    expect((await banUser(made.deps, made.call(rivals.bob), ada, {})).ok).toBe(true)
    expect(made.record('bob')?.shown).toMatchObject({ right: { role: 'host', source: 'login_stage' } })
    const refused = await banUser(made.deps, made.call(moderator('mo')), user('bob'), {})
    expect(refused).toEqual({ ok: false, refusal: { code: 'outranked' } })
  })
})
