import { describe, expect, it } from 'vitest'
import { carryOut } from '../../../lib/ending/carry-out.ts'
import { Fault } from '../../../lib/fault.ts'
import { anAftermath, anEnding } from '../../support/endings.ts'
import { T0 } from '../../support/participants.ts'

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
    const { deps, told, looks, entries } = anAftermath()
    const { userId: _, ...stranger } = anEnding({ reason: 'kicked', priority: 'kick' })
    await carryOut(deps, [stranger], T0)
    expect([told[0], entries()[0]].map((one) => Object.hasOwn(one ?? {}, 'userId'))).toEqual([false, false])
    expect(looks).toEqual([])
  })

  it('delivered again writes down and tells the very same', async () => {
    const { deps, told, entries } = anAftermath()
    await carryOut(deps, [anEnding()], T0)
    await carryOut(deps, [anEnding()], T0)
    expect(entries()).toHaveLength(1)
    expect(told[1]).toEqual(told[0])
  })

  it.each(['disconnect', 'seats', 'audit', 'events', 'looks'] as const)(
    'stops at trouble with %s, and finishes when it comes again',
    async (name) => {
      const { deps, done, freed, watch, told, faults, entries } = anAftermath()
      const endings = [anEnding({ id: 'p1', freesSeat: true }), anEnding({ id: 'p2', freesSeat: true })]
      faults[name] = new Fault('ivs_error', 'test')
      await expect(carryOut(deps, endings, T0)).rejects.toBe(faults[name])
      delete faults[name]
      await carryOut(deps, endings, T0)
      expect(new Set(done)).toEqual(new Set(['p1 banned', 'p2 banned']))
      expect(new Set(freed)).toEqual(new Set(['p1', 'p2']))
      expect(entries()).toHaveLength(2)
      expect(new Set(told.map(({ id }) => id)).size).toBe(2)
      expect(watch()?.ids.map(({ participantId }) => participantId)).toEqual(['p1', 'p2'])
    },
  )

  it('neither frees nor tells before IVS has taken the disconnect', async () => {
    const { deps, freed, told, faults, entries } = anAftermath()
    faults.disconnect = new Fault('quota_backoff', 'test')
    await expect(carryOut(deps, [anEnding({ freesSeat: true })], T0)).rejects.toBe(faults.disconnect)
    expect([freed, told, entries()]).toEqual([[], [], []])
  })
})
