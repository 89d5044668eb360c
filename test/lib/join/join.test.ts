import { describe, expect, it } from 'vitest'
import type { StageId } from '../../../lib/ids.ts'
import { codeOf, granted, refusalOf } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { eachStore } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { arnOf, endpointsAt } from '../../support/stages.ts'
import { aLog, aScene, termsOf } from '../../support/use-case.ts'

const MINUTE = 60_000
const SECONDS = T0 / 1000

describe.each(eachStore())('joining a stage, %s', (_, stores) => {
  it('vends a token that says exactly what the policy allows', async () => {
    const scene = await aScene({ stores: stores() })
    const log = aLog()
    const caller = aCaller({ attributes: { team: 'blue' } })
    const request = { duration: 30, attributes: { displayName: 'Ada' } }
    const { answer, replayed } = granted(await scene.join({ caller, request, log, now: T0 + 999 }))

    expect(replayed).toBe(false)
    const { token, participantId, ...said } = answer
    expect(said).toEqual({
      stageId: scene.stage.stageId,
      userId: 'ada',
      role: 'viewer',
      slot: 'main',
      capabilities: ['SUBSCRIBE'],
      attributes: { displayName: 'Ada', team: 'blue', role: 'viewer' },
      duration: 30,
      expirationTime: new Date((SECONDS + 1800) * 1000).toISOString(),
      expiresIn: 1800,
      refreshIn: 1350,
      serverTime: new Date(T0 + 999).toISOString(),
      exchangeable: true,
      endpoints: { events: 'wss://v1.events.example', whip: 'https://v1.whip.example' },
    })
    expect(participantId).toMatch(/^[0-9A-Za-z]{22}$/)
    expect(termsOf(token)).toEqual({
      stageArn: arnOf('one'),
      userId: 'ada',
      capabilities: ['SUBSCRIBE'],
      attributes: said.attributes,
      participantId,
      endpoints: endpointsAt(1),
      issuedAt: SECONDS,
      expiresAt: SECONDS + 1800,
      keyId: 'key1',
    })
    expect(await scene.record()).toMatchObject({
      participants: [{ id: participantId, attributes: { displayName: 'Ada' }, keyId: 'key1', endpointsVersion: 1 }],
      live: { main: [participantId] },
    })
    expect(log.grants).toEqual([
      expect.objectContaining({ userId: 'ada', participantId, rule: 'granted', source: 'default_role' }),
    ])
    expect(JSON.stringify([log.notes, log.grants])).not.toContain('Ada"')
  })

  it.each<[string, string, Parameters<Awaited<ReturnType<typeof aScene>>['join']>[0]]>([
    ['a stage that is not there', 'stage_not_found', { stageId: 'other' as StageId }],
    ['a stage outside the issuer’s prefix', 'stage_not_found', { caller: aCaller({ stageIdPrefix: 'town-' }) }],
    ['a higher role', 'role_not_allowed', { request: { role: 'host' } }],
    ['more than the role has', 'capability_not_allowed', { request: { capabilities: ['PUBLISH'] } }],
    ['an attribute of the server', 'invalid_request', { request: { attributes: { role: 'host' } } }],
  ])('refuses %s and records nothing', async (_label, code, call) => {
    const scene = await aScene({ stores: stores() })
    expect(codeOf(await scene.join(call))).toBe(code)
    expect(await scene.record()).toBeUndefined()
  })

  it('knows no stage that is being deleted', async () => {
    const scene = await aScene({ stores: stores(), stage: { deleting: true } })
    expect(codeOf(await scene.join())).toBe('stage_not_found')
  })

  it.each<[string, number, string | undefined, string]>([
    ['by a moderator binds a viewer', 20, undefined, 'banned'],
    ['by a moderator binds a moderator', 20, 'moderator', 'banned'],
    ['by a moderator does not bind a host', 20, 'host', 'granted'],
    ['by a host binds a host', 30, 'host', 'banned'],
  ])('a ban %s', async (_label, rank, role, code) => {
    const scene = await aScene({ stores: stores() })
    await scene.change({
      ban: { rank, by: 'x', at: T0 },
      ...(role !== undefined && { assigned: { role, by: 'x', at: T0 } }),
    })
    expect(codeOf(await scene.join())).toBe(code)
    expect(codeOf(await scene.join())).toBe(code)
  })

  it('says until when a ban lasts, and lets them in at that second', async () => {
    const scene = await aScene({ stores: stores() })
    await scene.change({ ban: { rank: 20, by: 'x', at: T0, until: SECONDS + 60 } })
    expect(refusalOf(await scene.join())).toEqual({ code: 'banned', until: SECONDS + 60 })
    expect(codeOf(await scene.join({ now: T0 + MINUTE }))).toBe('granted')
  })

  it('follows the assigned role from one join to the next, whatever it remembers', async () => {
    const scene = await aScene({
      stores: stores(),
      stage: { access: 'members', sessionPolicy: { mode: 'allow', max: 10 } },
    })
    const roles: string[] = []
    for (const role of ['viewer', 'speaker', 'speaker', 'host', 'viewer', undefined]) {
      const seen = await scene.record()
      const { assigned: _a, ...rest } = seen ?? {}
      const next = role === undefined ? rest : { ...rest, assigned: { role, by: 'x', at: T0 } }
      await scene.stores.participants.save(
        scene.keyOf(),
        { ...emptied(), ...next, version: (seen?.version ?? T0) + 1 },
        seen,
      )
      const joined = await scene.join()
      roles.push(joined.ok ? joined.value.answer.role : joined.refusal.code)
    }
    expect(roles).toEqual(['viewer', 'speaker', 'speaker', 'host', 'viewer', 'not_a_member'])
  })

  it('counts sessions by slot', async () => {
    const scene = await aScene({ stores: stores(), stage: { sessionPolicy: { mode: 'reject', max: 1 } } })
    expect(codeOf(await scene.join())).toBe('granted')
    expect(codeOf(await scene.join())).toBe('session_conflict')
    expect(codeOf(await scene.join({ request: { slot: 'screen' } }))).toBe('granted')
    expect(codeOf(await scene.join({ request: { slot: 'screen' } }))).toBe('session_conflict')
    // Nobody connected within the minute: those tokens count no longer.
    expect(codeOf(await scene.join({ now: T0 + MINUTE }))).toBe('granted')
  })

  it('allows three, and replaces one', async () => {
    const three = await aScene({ stores: stores() })
    const codes = [await three.join(), await three.join(), await three.join(), await three.join()].map(codeOf)
    expect(codes).toEqual(['granted', 'granted', 'granted', 'session_conflict'])

    const one = await aScene({ stores: stores(), stage: { sessionPolicy: { mode: 'replace', max: 1 } } })
    const first = granted(await one.join()).answer.participantId
    granted(await one.join())
    expect(one.outside.queued).toMatchObject([{ participantId: first, reason: 'replaced', freesSeat: false }])
  })

  it('lets ten in a minute, and says when the next may come', async () => {
    const scene = await aScene({ stores: stores(), stage: { sessionPolicy: { mode: 'replace', max: 1 } } })
    for (let i = 0; i < 10; i++) expect(codeOf(await scene.join({ now: T0 + i * 1000 }))).toBe('granted')
    expect(refusalOf(await scene.join({ now: T0 + 10_000 }))).toEqual({ code: 'rate_limited', retryAfterSeconds: 50 })
    expect(codeOf(await scene.join({ now: T0 + MINUTE }))).toBe('granted')
  })

  it('makes room at the cap, and puts out whoever goes unexpired', async () => {
    const scene = await aScene({ stores: stores(), limits: { unexpiredIds: 6 } })
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.push(granted(await scene.join({ now: T0 + i * MINUTE })).answer.participantId)
    const record = await scene.record()
    expect(record?.participants.map(({ id }) => id)).toEqual(ids.slice(2))
    expect(scene.outside.queued.map(({ participantId }) => participantId)).toEqual(ids.slice(0, 2))
  })

  it('lets everyone in again after a reset, also where a session would be rejected', async () => {
    const scene = await aScene({ stores: stores(), stage: { sessionPolicy: { mode: 'reject', max: 1 } } })
    granted(await scene.join({ idempotencyKey: 'k' }))
    const generation = { number: 2, stageArn: arnOf('two') }
    await scene.changeStage({ generation, endpoints: [endpointsAt(2)] })
    await scene.stores.seats.open({ stageUid: scene.stage.uid, generation: 2 })
    const fresh = scene.lambda()
    const { answer, replayed } = granted(await fresh.join({ idempotencyKey: 'k' }))
    expect(replayed).toBe(false)
    expect(termsOf(answer.token)).toMatchObject({ stageArn: arnOf('two'), endpoints: endpointsAt(2) })
    // The first Lambda still remembers the stage of before: it must neither sign for that one nor undo what is there.
    const stale = await scene.join()
    expect(codeOf(stale)).toBe('session_conflict')
    expect((await scene.record())?.live.main).toEqual([answer.participantId])
  })
})

const emptied = () => ({
  ...{ generation: 1, participants: [], pruned: [], mints: [] },
  ...{ live: { main: [], screen: [] }, connected: { main: [], screen: [] } },
})
