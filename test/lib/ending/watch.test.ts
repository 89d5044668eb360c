import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carryOut } from '../../../lib/ending/carry-out.ts'
import type { Ending, Look } from '../../../lib/ending/ending.ts'
import { lookFor } from '../../../lib/ending/look.ts'
import { next, watchFor, watchIds } from '../../../lib/ending/watch.ts'
import type { Watch } from '../../../lib/ending/watch-store.ts'
import { Fault } from '../../../lib/fault.ts'
import { secondsOf } from '../../../lib/time.ts'
import { anAftermath, anEnding, IN_AN_HOUR, place } from '../../support/endings.ts'
import { participantId, T0, userKey } from '../../support/participants.ts'

const NOW = secondsOf(T0)
const nobody = async () => new Set<never>()
const at = (seconds: number): number => T0 + seconds * 1000

async function watched(...endings: readonly Ending[]) {
  const made = anAftermath()
  for (const ending of endings) await watchFor(made.deps, ending, T0)
  const idsIn = async (look: (typeof made.looks)[number]) =>
    (await made.deps.watches.load(look))?.ids.map(({ participantId }) => participantId)
  const change = async (changes: Partial<Watch>) => {
    const [seen, [look]] = [made.watch(), made.looks]
    if (seen === undefined || look === undefined) throw new Error('nobody is watched for')
    await made.deps.watches.save(look, { ...seen, ...changes, version: seen.version + 1 }, seen)
  }
  return { ...made, idsIn, change, all: await Promise.all(made.looks.map(idsIn)) }
}

describe('whom to watch for', () => {
  it.each([
    ['banned', true],
    ['kicked', true],
    ['demoted', true],
    ['replaced', false],
    ['left', false],
    ['lapsed', false],
  ] as const)('%s: %s', async (reason, isWatched) => {
    expect((await watched(anEnding({ reason }))).all).toEqual(isWatched ? [['p1']] : [])
  })

  it.each([
    ['may still be used', IN_AN_HOUR, true],
    ['expires this second, by clocks that may differ', NOW, true],
    ['has expired', NOW - 2, false],
  ])('an id that %s', async (_, expiresAt, isWatched) => {
    expect((await watched(anEnding({ expiresAt }))).all).toEqual(isWatched ? [['p1']] : [])
  })

  it('is one watch a user, stage and generation, whatever they ended for', async () => {
    const bob = userKey('bob').userId
    const { all, watch } = await watched(
      anEnding({ id: 'p1' }),
      anEnding({ id: 'p2', reason: 'kicked', priority: 'kick' }),
      anEnding({ id: 'p3', userId: bob }),
      anEnding({ id: 'p4', generation: 2 }),
      anEnding({ id: 'p5', userId: bob, stageUid: userKey('ada', 'uid2').stageUid }),
    )
    expect(all).toEqual([['p1', 'p2'], ['p3'], ['p4'], ['p5']])
    expect(watch()?.ids.map(({ reason }) => reason)).toEqual(['banned', 'kicked'])
  })

  it('begins with a look in five seconds', async () => {
    const { looks, watch } = await watched(anEnding())
    expect(looks).toMatchObject([{ inSeconds: 5, turn: watch()?.turn }])
    expect(watch()).toMatchObject({ seenAt: T0, dueAt: at(5), waitSeconds: 5 })
  })
})

describe('somebody who is watched for already', () => {
  it('is watched for with all ids that end at once', async () => {
    const { deps, watch } = await watched()
    const ids = Array.from({ length: 16 }, (_, n) => `p${n}`)
    await Promise.all(ids.map((id) => watchFor(deps, anEnding({ id }), T0)))
    expect(new Set(watch()?.ids.map(({ participantId }) => participantId))).toEqual(new Set(ids))
  })

  it('is noted once, and again for a later expiry or another reason', async () => {
    const { deps, watch } = await watched(anEnding())
    const versions = []
    for (const changes of [
      {},
      { expiresAt: IN_AN_HOUR - 1 },
      { expiresAt: IN_AN_HOUR + 1 },
      { reason: 'kicked' } as const,
    ]) {
      await watchFor(deps, anEnding(changes), at(1))
      versions.push(watch()?.version)
    }
    expect(versions).toEqual([1, 1, 2, 3])
  })

  it('is looked for soon again, also for what ended since, and the look that was due is one too many', async () => {
    const { deps, looks, watch, change } = await watched(anEnding({ id: 'p1' }))
    await change({ dueAt: at(50) })
    await watchFor(deps, anEnding({ id: 'p2' }), at(2))
    expect(looks).toMatchObject([{ inSeconds: 5 }, { inSeconds: 5, after: looks[0]?.turn }])
    expect(watch()).toMatchObject({ turn: looks[1]?.turn, dueAt: at(7) })
    expect(watch()?.ids.map(({ participantId }) => participantId)).toEqual(['p1', 'p2'])
  })

  it('is not looked for later because it is told again and again', async () => {
    const { deps, looks, watch } = await watched(anEnding({ id: 'p1' }))
    for (let second = 0; second <= 30; second++) await watchFor(deps, anEnding({ id: `q${second}` }), at(second))
    expect(looks).toHaveLength(1)
    expect(watch()).toMatchObject({ dueAt: at(5), turn: looks[0]?.turn })
    expect(watch()?.ids).toHaveLength(32)
  })

  it('is looked for again where the look seems to have been lost, or the watch was over', async () => {
    const { deps, looks, change } = await watched(anEnding())
    await watchFor(deps, anEnding(), at(36))
    expect(looks).toHaveLength(2)
    await change({ ids: [] })
    await watchFor(deps, anEnding(), at(37))
    expect(looks).toHaveLength(3)
  })

  it('is forgotten as they expire, and never watched for without end', async () => {
    const { deps, watch } = await watched(anEnding({ id: 'p1', expiresAt: NOW + 10 }))
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      ...{ participantId: participantId(`q${index}`), expiresAt: IN_AN_HOUR + index },
    }))
    const { userId } = userKey()
    await watchIds(deps, { ...place, userId, reason: 'kicked', ids: many }, at(12))
    const ids = watch()?.ids.map(({ participantId }) => participantId)
    expect(ids).toHaveLength(1_100)
    expect(ids).toContain('q1199')
    expect(ids).not.toContain('p1')
  })

  it('is looked for each minute, however many disconnects of theirs fail over and over', async () => {
    const made = anAftermath()
    made.faults.disconnect = new Fault('quota_backoff', 'no place')
    let now = T0
    const deps = { ...made.deps, clock: () => now }
    const due: { readonly at: number; readonly turn: string }[] = []
    const looks = { look: async ({ turn }: Look, seconds: number) => void due.push({ at: now + seconds * 1000, turn }) }
    const [one, other] = [anEnding({ id: 'p1' }), anEnding({ id: 'p2' })]
    let looked = 0
    for (let second = 0; second <= 570; second++) {
      now = at(second)
      // Each comes again after thirty seconds, with the instant at which it was sent.
      if (second % 30 === 0) await carryOut({ ...deps, looks }, one, T0).catch(() => undefined)
      if (second >= 100 && second % 30 === 10) await carryOut({ ...deps, looks }, other, at(100)).catch(() => undefined)
      for (const { turn } of due.filter((look) => look.at === now)) {
        const watch = made.watch()
        if (watch?.turn !== turn) continue
        looked += 1
        const { ids } = watch
        await next(
          { ...deps, looks },
          { ...place, userId: userKey().userId },
          { ids, seenAt: now, waitSeconds: 60 },
          watch,
          now,
        )
      }
    }
    expect(looked).toBe(9)
    expect(due).toHaveLength(10)
  })

  it('of whom an id ended once more is watched for as long as its latest token lives', async () => {
    const { deps, watch } = await watched(anEnding())
    await watchFor(deps, anEnding({ expiresAt: IN_AN_HOUR - 9, reason: 'kicked' }), at(1))
    expect(watch()?.ids).toEqual([{ participantId: 'p1', expiresAt: IN_AN_HOUR, reason: 'kicked' }])
  })

  it('and whose watch changes under every attempt is told of again', async () => {
    const { deps } = anAftermath()
    const watches = { load: deps.watches.load, save: async () => false }
    await expect(watchFor({ ...deps, watches }, anEnding(), T0)).rejects.toBeInstanceOf(Fault)
  })
})

/** Endings told over and over, messages that come twice: what is waited for is one look a user and stage, and no more. */
describe('however often a ban is told and a message delivered', () => {
  const step = fc.record({
    does: fc.constantFrom('told', 'told', 'delivered', 'delivered twice', 'delivered at once'),
    which: fc.nat(50),
    after: fc.nat(20_000),
  })

  it('one look counts, no id is forgotten, and what is sent stays in proportion to what was told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { deps, looks, watch, endings } = anAftermath()
        const looking = {
          ...{ ...deps, endings, lookout: { connectedOf: nobody, surelyConnectedOf: nobody } },
          ...{ presence: { connected: async () => new Set<never>() }, lastSweep: async () => undefined },
          sweeps: { soon: async () => {} },
        }
        let [now, told, answered] = [T0, 0, 0]
        const ids = new Set<string>()
        for (const { does, which, after } of steps) {
          now += after
          if (does === 'told') {
            told += 1
            ids.add(`p${which}`)
            await watchFor(deps, anEnding({ id: `p${which}` }), now)
          } else {
            const look = looks[which % Math.max(1, looks.length)]
            if (look === undefined) continue
            const before = looks.length
            const deliver = () => lookFor(looking, look, now)
            if (does === 'delivered at once') await Promise.all([deliver(), deliver()])
            else for (const _ of does === 'delivered' ? '1' : '12') await deliver()
            if (looks.length > before) answered += does === 'delivered at once' ? 2 : 1
          }
        }
        if (told === 0) return
        expect(looks.filter(({ turn }) => turn === watch()?.turn)).toHaveLength(1)
        expect(new Set(watch()?.ids.map(({ participantId }) => participantId))).toEqual(ids)
        expect(looks.length).toBeLessThanOrEqual(told + answered)
      }),
      { numRuns: 200 },
    )
  })
})
