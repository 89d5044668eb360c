import { describe, expect, it } from 'vitest'
import { carryOut, watchesOf } from '../../../lib/ending/carry-out.ts'
import type { Ending } from '../../../lib/ending/ending.ts'
import { Fault } from '../../../lib/fault.ts'
import { secondsOf } from '../../../lib/time.ts'
import { anAftermath, anEnding, IN_AN_HOUR } from '../../support/endings.ts'
import { T0, userKey } from '../../support/participants.ts'

const NOW = secondsOf(T0)

describe('carryOut', () => {
  it('puts out, frees the seat, writes down and tells, one after the other', async () => {
    const { deps, done, freed, told, entries } = anAftermath()
    const endings = [anEnding({ id: 'p1', freesSeat: true }), anEnding({ id: 'p2', reason: 'left', priority: 'leave' })]
    await carryOut(deps, endings, T0)
    expect(done).toEqual(['p1 banned', 'p2 left'])
    expect(freed).toEqual(['p1'])
    expect(entries()).toMatchObject([
      { at: T0, action: 'disconnected', by: 'system', rule: 'banned', participantId: 'p1', userId: 'ada' },
      { at: T0, action: 'disconnected', by: 'system', rule: 'left', participantId: 'p2', userId: 'ada' },
    ])
    expect(told).toMatchObject([
      { name: 'participant.ended', at: T0, reason: 'banned', participantId: 'p1', userId: 'ada' },
      { name: 'participant.ended', at: T0, reason: 'left', participantId: 'p2', userId: 'ada' },
    ])
  })

  it('says nothing of a user where there is none of ours', async () => {
    const { deps, told, watched, entries } = anAftermath()
    const { userId: _, ...stranger } = anEnding({ reason: 'kicked', priority: 'kick' })
    await carryOut(deps, [stranger], T0)
    expect([told[0], entries()[0]].map((one) => Object.hasOwn(one ?? {}, 'userId'))).toEqual([false, false])
    expect(watched).toEqual([])
  })

  it('delivered again writes down and tells the very same', async () => {
    const { deps, told, entries } = anAftermath()
    await carryOut(deps, [anEnding()], T0)
    await carryOut(deps, [anEnding()], T0)
    expect(entries()).toHaveLength(1)
    expect(told[1]).toEqual(told[0])
  })

  it.each(['disconnect', 'seats', 'audit', 'events', 'watches'] as const)(
    'stops at trouble with %s, and finishes when it comes again',
    async (name) => {
      const { deps, done, freed, watched, told, faults, entries } = anAftermath()
      const endings = [anEnding({ id: 'p1', freesSeat: true }), anEnding({ id: 'p2', freesSeat: true })]
      faults[name] = new Fault('ivs_error', 'test')
      await expect(carryOut(deps, endings, T0)).rejects.toBe(faults[name])
      delete faults[name]
      await carryOut(deps, endings, T0)
      expect(new Set(done)).toEqual(new Set(['p1 banned', 'p2 banned']))
      expect(new Set(freed)).toEqual(new Set(['p1', 'p2']))
      expect(entries()).toHaveLength(2)
      expect(new Set(told.map(({ id }) => id)).size).toBe(2)
      expect(watched.at(-1)?.ids.map(({ participantId }) => participantId)).toEqual(['p1', 'p2'])
    },
  )

  it('neither frees nor tells before IVS has taken the disconnect', async () => {
    const { deps, freed, told, faults, entries } = anAftermath()
    faults.disconnect = new Fault('quota_backoff', 'test')
    await expect(carryOut(deps, [anEnding({ freesSeat: true })], T0)).rejects.toBe(faults.disconnect)
    expect([freed, told, entries()]).toEqual([[], [], []])
  })
})

describe('whom to watch for', () => {
  const idsOf = (...endings: readonly Ending[]) =>
    watchesOf(endings, NOW).map(({ ids }) => ids.map(({ participantId }) => participantId))

  it.each([
    ['banned', true],
    ['kicked', true],
    ['demoted', true],
    ['replaced', false],
    ['left', false],
    ['lapsed', false],
  ] as const)('%s: %s', (reason, isWatched) => {
    expect(idsOf(anEnding({ reason }))).toEqual(isWatched ? [['p1']] : [])
  })

  it.each([
    ['may still be used', IN_AN_HOUR, true],
    ['expires this second, by clocks that may differ', NOW, true],
    ['has expired', NOW - 2, false],
  ])('an id that %s', (_, expiresAt, isWatched) => {
    expect(idsOf(anEnding({ expiresAt }))).toEqual(isWatched ? [['p1']] : [])
  })

  it('is one watch a user, stage, generation and reason', () => {
    const bob = userKey('bob').userId
    expect(
      idsOf(
        anEnding({ id: 'p1' }),
        anEnding({ id: 'p2' }),
        anEnding({ id: 'p3', userId: bob }),
        anEnding({ id: 'p4', generation: 2 }),
        anEnding({ id: 'p5', reason: 'kicked', priority: 'kick' }),
        anEnding({ id: 'p6', stageUid: userKey('ada', 'uid2').stageUid }),
      ),
    ).toEqual([['p1', 'p2'], ['p3'], ['p4'], ['p5'], ['p6']])
  })

  it('begins with a look in five seconds, as urgent as the ending', () => {
    expect(watchesOf([anEnding()], NOW)).toMatchObject([{ waitSeconds: 5, reason: 'banned', priority: 'ban' }])
  })
})
