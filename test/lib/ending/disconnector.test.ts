import { describe, expect, it } from 'vitest'
import { insistent } from '../../../lib/ending/disconnector.ts'
import { Fault, type FaultCode } from '../../../lib/fault.ts'
import { anEnding } from '../../support/endings.ts'
import { T0 } from '../../support/participants.ts'

/** IVS fails so often, each time after so long; then it takes the disconnect. */
function anIvs(failures: number, { code = 'ivs_error' as FaultCode, eachMs = 0, random = 0.5 } = {}) {
  let [now, calls] = [T0, 0]
  const waits: number[] = []
  const disconnector = insistent(
    {
      async disconnect() {
        now += eachMs
        if (calls++ < failures) throw new Fault(code, 'test')
      },
    },
    {
      clock: () => now,
      random: () => random,
      wait: async (ms) => {
        waits.push(ms)
        now += ms
      },
    },
  )
  return { waits, calls: () => calls, end: () => disconnector.disconnect(anEnding()) }
}

describe('a disconnect that IVS did not take', () => {
  it.each<[FaultCode, number]>([
    ['ivs_error', 1],
    ['ivs_error', 3],
    ['quota_backoff', 2],
  ])('for %s is tried again, %i times', async (code, failures) => {
    const { end, calls } = anIvs(failures, { code })
    await end()
    expect(calls()).toBe(failures + 1)
  })

  it.each([
    [0, [125, 250, 500]],
    [0.5, [187.5, 375, 750]],
    [0.999, [249.875, 499.75, 999.5]],
  ])('comes twice as late each time, less a part by chance: %d', async (random, expected) => {
    const { end, waits } = anIvs(3, { random })
    await end()
    expect(waits).toEqual(expected)
  })

  it('four times is left to the queue', async () => {
    const { end, calls } = anIvs(9)
    await expect(end()).rejects.toMatchObject({ code: 'ivs_error' })
    expect(calls()).toBe(4)
  })

  it('is left to the queue once it has taken eight seconds', async () => {
    const { end, calls } = anIvs(9, { eachMs: 5_000 })
    await expect(end()).rejects.toMatchObject({ code: 'ivs_error' })
    expect(calls()).toBe(2)
  })

  it('for a mistake of ours is not tried again', async () => {
    const mistake = new TypeError('test')
    const disconnector = insistent(
      {
        disconnect: async () => {
          throw mistake
        },
      },
      { clock: () => T0, random: () => 0, wait: async () => {} },
    )
    await expect(disconnector.disconnect(anEnding())).rejects.toBe(mistake)
  })
})
