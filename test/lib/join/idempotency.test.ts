import { describe, expect, it } from 'vitest'
import { codeOf, granted, refusalOf } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { eachStore } from '../../support/each-store.ts'
import { participantId, T0 } from '../../support/participants.ts'
import { aScene, termsOf } from '../../support/use-case.ts'

const MINUTE = 60_000
const WINDOW = 10 * MINUTE
/** The first millisecond of a window. */
const EDGE = Math.ceil(T0 / WINDOW) * WINDOW
const idempotencyKey = 'a-key'

describe.each(eachStore())('a join with a key, %s', (_, stores) => {
  it('makes one participant of 200 requests at once', async () => {
    const scene = await aScene({ stores: stores() })
    const lambdas = Array.from({ length: 10 }, () => scene.lambda())
    const joins = Array.from({ length: 200 }, (_, i) =>
      lambdas[i % 10]?.join({ idempotencyKey, now: T0 + (i % 7) * 1000 }),
    )
    const answers = (await Promise.all(joins)).map((one) => granted(one ?? { ok: false, refusal: { code: 'none' } }))
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ answer }) => answer.participantId)).size).toBe(1)
    expect(new Set(answers.map(({ answer }) => answer.expirationTime)).size).toBe(1)
    expect(new Set(answers.map(({ answer }) => answer.token)).size).toBe(1)
    const record = await scene.record()
    expect(record?.participants).toHaveLength(1)
    // Replays do not count in the rate window.
    expect(record?.mints).toHaveLength(1)
  }, 60_000)

  it.each([
    ['within its window', EDGE, EDGE + WINDOW - 1],
    ['across an edge', EDGE - 1, EDGE + 1],
    ['nearly ten minutes later', EDGE - 1, EDGE + WINDOW - 2],
    ['by a clock 2 s ahead', EDGE - 1000, EDGE + 1000],
    ['by a clock 2 s behind', EDGE + 1000, EDGE - 1000],
  ])('is recognised %s', async (_label, first, second) => {
    const scene = await aScene({ stores: stores() })
    const one = granted(await scene.join({ idempotencyKey, now: first }))
    const two = granted(await scene.join({ idempotencyKey, now: second }))
    expect(two.replayed).toBe(true)
    expect(two.answer.participantId).toBe(one.answer.participantId)
    expect(two.answer.expirationTime).toBe(one.answer.expirationTime)
  })

  it('means something new after ten minutes, for another user and on another life of the stage', async () => {
    const scene = await aScene({ stores: stores() })
    const other = await aScene({ stores: stores() })
    const ids = [
      await scene.join({ idempotencyKey, now: EDGE - 1 }),
      await scene.join({ idempotencyKey, now: EDGE - 1 + WINDOW }),
      await scene.join({ idempotencyKey, caller: aCaller({ userId: 'bob' }) }),
      await other.join({ idempotencyKey }),
    ].map((one) => granted(one).answer.participantId)
    expect(new Set(ids).size).toBe(4)
  })

  it('compares what was asked, not how it was spelled', async () => {
    const scene = await aScene({ stores: stores(), stage: { defaultRole: 'speaker' } })
    const request = { capabilities: ['PUBLISH', 'SUBSCRIBE'] as ('PUBLISH' | 'SUBSCRIBE')[], duration: 30 }
    granted(await scene.join({ idempotencyKey, request }))
    const turned = { duration: 30, capabilities: [...request.capabilities].reverse() }
    expect(granted(await scene.join({ idempotencyKey, request: turned })).replayed).toBe(true)
    for (const other of [{}, { ...request, duration: 31 }, { ...request, slot: 'screen' as const }]) {
      expect(codeOf(await scene.join({ idempotencyKey, request: other }))).toBe('idempotency_conflict')
    }
  })

  it.each(['left', 'kicked', 'lapsed'] as const)('does not revive a participant that has ended: %s', async (reason) => {
    const scene = await aScene({ stores: stores() })
    const { answer } = granted(await scene.join({ idempotencyKey }))
    await scene.stores.participants.end(scene.keyOf(), participantId(answer.participantId), reason, T0)
    expect(refusalOf(await scene.join({ idempotencyKey }))).toEqual({ code: 'participant_ended', reason })
  })

  it('does not revive one that was replaced, put out or has expired', async () => {
    const replaced = await aScene({ stores: stores(), stage: { sessionPolicy: { mode: 'replace', max: 1 } } })
    granted(await replaced.join({ idempotencyKey }))
    granted(await replaced.join())
    expect(refusalOf(await replaced.join({ idempotencyKey }))).toMatchObject({ reason: 'replaced' })

    const out = await aScene({ stores: stores() })
    granted(await out.join({ idempotencyKey }))
    await out.change({ putOut: { at: T0, as: 'kicked' } })
    expect(refusalOf(await out.join({ idempotencyKey }))).toMatchObject({ reason: 'kicked' })

    const short = await aScene({ stores: stores() })
    const request = { duration: 1 }
    granted(await short.join({ idempotencyKey, request }))
    const later = await short.join({ idempotencyKey, request, now: T0 + MINUTE })
    expect(refusalOf(later)).toMatchObject({ reason: 'lapsed' })
  })

  it('runs the policy again: banned is banned, and another right is a conflict', async () => {
    const scene = await aScene({ stores: stores() })
    granted(await scene.join({ idempotencyKey }))
    await scene.change({ assigned: { role: 'speaker', by: 'x', at: T0 } })
    expect(codeOf(await scene.join({ idempotencyKey }))).toBe('conflict')
    await scene.change({ ban: { rank: 30, by: 'x', at: T0 } })
    expect(codeOf(await scene.join({ idempotencyKey }))).toBe('banned')
  })

  it('answers no longer token than the policy would allow now', async () => {
    const scene = await aScene({ stores: stores(), boundByLogin: true })
    granted(await scene.join({ idempotencyKey }))
    const now = T0 + 5 * MINUTE
    expect(granted(await scene.join({ idempotencyKey, now })).replayed).toBe(true)
    const shorter = aCaller({ expiresAt: now / 1000 + 600 })
    expect(codeOf(await scene.join({ idempotencyKey, now, caller: shorter }))).toBe('conflict')
  })

  it('is still recognised shortly before the stage ends, though whole minutes are cut off', async () => {
    const endsAt = T0 / 1000 + 3600
    const scene = await aScene({ stores: stores(), stage: { endsAt } })
    const first = granted(await scene.join({ idempotencyKey })).answer
    const again = granted(await scene.join({ idempotencyKey, now: T0 + 59_999 }))
    expect(again.answer.expirationTime).toBe(first.expirationTime)
  })

  it('answers the first expiry also after a refresh, and the attributes of now', async () => {
    const scene = await aScene({ stores: stores() })
    const first = granted(await scene.join({ idempotencyKey })).answer
    granted(
      await scene.refresh({
        participantId: participantId(first.participantId),
        now: T0 + MINUTE,
        request: { attributes: { displayName: 'Ada' } },
      }),
    )
    const again = granted(await scene.join({ idempotencyKey, now: T0 + 2 * MINUTE })).answer
    expect(again.expirationTime).toBe(first.expirationTime)
    expect(again.expiresIn).toBe(first.expiresIn - 120)
    expect(termsOf(again.token)).toMatchObject({ issuedAt: T0 / 1000, attributes: { displayName: 'Ada' } })
  })

  it('signs again with the first key while there is one, then with the current', async () => {
    const scene = await aScene({ stores: stores() })
    granted(await scene.join({ idempotencyKey }))
    scene.outside.keys = { current: 'key2', usable: ['key2', 'key1'] }
    expect(termsOf(granted(await scene.join({ idempotencyKey })).answer.token).keyId).toBe('key1')
    scene.outside.keys = { current: 'key2', usable: ['key2'] }
    expect(termsOf(granted(await scene.join({ idempotencyKey })).answer.token).keyId).toBe('key2')
  })

  it('cannot be answered once IVS makes the tokens', async () => {
    const shared = stores()
    const scene = await aScene({ stores: shared })
    granted(await scene.join({ idempotencyKey }))
    const ivs = await aScene({ stores: shared, mode: 'ivs', stage: scene.stage })
    expect(codeOf(await ivs.join({ idempotencyKey }))).toBe('conflict')
  })
})
