import { describe, expect, it, vi } from 'vitest'
import { carryOut } from '../../../lib/ending/carry-out.ts'
import { Fault } from '../../../lib/fault.ts'
import { anAftermath, anEnding } from '../../support/endings.ts'
import { T0 } from '../../support/participants.ts'

describe('carryOut', () => {
  it('puts out, frees the seat, writes down and tells', async () => {
    const { deps, done, freed, told, entries } = anAftermath()
    await carryOut(deps, anEnding({ id: 'p1', freesSeat: true }), T0)
    await carryOut(deps, anEnding({ id: 'p2', reason: 'left', priority: 'leave' }), T0)
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
    await carryOut(deps, stranger, T0)
    expect([told[0], entries()[0]].map((one) => Object.hasOwn(one ?? {}, 'userId'))).toEqual([false, false])
    expect(looks).toEqual([])
  })

  it('delivered again writes down and tells the very same', async () => {
    const { deps, told, entries } = anAftermath()
    await carryOut(deps, anEnding(), T0)
    await carryOut(deps, anEnding(), T0)
    expect(entries()).toHaveLength(1)
    expect(told[1]).toEqual(told[0])
  })

  it.each(['disconnect', 'seats', 'audit', 'events', 'looks'] as const)(
    'stops at trouble with %s, and finishes when it comes again',
    async (name) => {
      const { deps, done, freed, watch, told, faults, entries } = anAftermath()
      const ending = anEnding({ id: 'p1', freesSeat: true })
      faults[name] = new Fault('ivs_error', 'test')
      await expect(carryOut(deps, ending, T0)).rejects.toBe(faults[name])
      delete faults[name]
      await carryOut(deps, ending, T0)
      expect(new Set(done)).toEqual(new Set(['p1 banned']))
      expect(new Set(freed)).toEqual(new Set(['p1']))
      expect(entries()).toHaveLength(1)
      expect(new Set(told.map(({ id }) => id)).size).toBe(1)
      expect(watch()?.ids.map(({ participantId }) => participantId)).toEqual(['p1'])
    },
  )

  it('neither frees nor tells before IVS has taken the disconnect', async () => {
    const { deps, freed, told, faults, entries } = anAftermath()
    faults.disconnect = new Fault('quota_backoff', 'test')
    await expect(carryOut(deps, anEnding({ freesSeat: true }), T0)).rejects.toBe(faults.disconnect)
    expect([freed, told, entries()]).toEqual([[], [], []])
  })

  it('has the id looked for within the minute although IVS does not take the disconnect, however often', async () => {
    const { deps, watch, looks, faults } = anAftermath()
    faults.disconnect = new Fault('quota_backoff', 'test')
    for (let n = 0; n < 20; n++) await expect(carryOut(deps, anEnding(), T0)).rejects.toBe(faults.disconnect)
    expect(looks).toMatchObject([{ inSeconds: 60, turn: watch()?.turn }])
    expect(watch()?.ids.map(({ participantId }) => participantId)).toEqual(['p1'])
  })

  it('has it looked for also where the delivery is cut off while it waits', async () => {
    const { deps, watch } = anAftermath()
    const disconnector = { disconnect: () => new Promise<never>(() => {}) }
    void carryOut({ ...deps, disconnector }, anEnding(), T0)
    await vi.waitFor(() => expect(watch()?.ids).toHaveLength(1))
  })

  it('puts out also where nothing could be noted', async () => {
    const { deps, done, told, faults } = anAftermath()
    faults.looks = new Fault('storage_unavailable', 'test')
    await expect(carryOut(deps, anEnding(), T0)).rejects.toBe(faults.looks)
    expect([done, told.length]).toEqual([['p1 banned'], 1])
  })

  it('has it looked for five seconds after it is off', async () => {
    const { deps, watch, looks } = anAftermath()
    await carryOut(deps, anEnding(), T0)
    expect(looks.map(({ inSeconds }) => inSeconds)).toEqual([60, 5])
    expect(watch()).toMatchObject({ turn: looks[1]?.turn, dueAt: T0 + 5_000, waitSeconds: 5 })
  })
})
