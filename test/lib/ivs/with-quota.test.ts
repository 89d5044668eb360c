import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QuotaAnswer } from '../../../lib/ivs/quota.ts'
import { withQuota } from '../../../lib/ivs/with-quota.ts'

/** A quota that answers these, one after the other, and then grants. */
function asked(answers: readonly QuotaAnswer[], longestWaitMs: number, random = 0) {
  const [waits, taken]: [number[], string[]] = [[], []]
  let calls = 0
  const patience = {
    quota: {
      async take(operation: string, priority: string) {
        taken.push(`${operation} ${priority}`)
        return answers[taken.length - 1] ?? { granted: true as const }
      },
    },
    wait: async (ms: number) => {
      waits.push(ms)
    },
    random: () => random,
    longestWaitMs,
  }
  const call = async () => {
    calls += 1
    return 'answer'
  }
  return { waits, taken, calls: () => calls, ask: () => withQuota(patience, 'GetStage', 'kick', call) }
}
const wait = (waitMs: number): QuotaAnswer => ({ granted: false, waitMs })

describe('withQuota', () => {
  it('calls at once where there is a place', async () => {
    const { ask, waits, taken } = asked([], 0)
    expect(await ask()).toBe('answer')
    expect([waits, taken]).toEqual([[], ['GetStage kick']])
  })

  it('waits for as long as it is told, each time anew, and a little more by chance', async () => {
    const { ask, waits, taken } = asked([wait(200), wait(50)], 1_000, 0.5)
    expect(await ask()).toBe('answer')
    expect(waits).toEqual([225, 75])
    expect(taken).toHaveLength(3)
  })

  it('waits a moment where it is told to wait for nothing, so that it ends', async () => {
    const { ask, waits } = asked([wait(0)], 10)
    await ask()
    expect(waits).toEqual([1])
  })

  it('has not called, and says when to come again, once its patience is over', async () => {
    const { ask, calls } = asked([wait(600), wait(600)], 1_000)
    await expect(ask()).rejects.toMatchObject({ code: 'quota_backoff', retryAfterSeconds: 1 })
    expect(calls()).toBe(0)
  })

  it('never waits longer than it may in all, and calls once or says that it did not', async () => {
    const waits = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 20 })
    const property = fc.asyncProperty(
      waits,
      fc.nat(5_000),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (all, longest, random) => {
        const made = asked(all.map(wait), longest, random)
        const answer = await made.ask().catch(({ code }: { code: string }) => code)
        expect(made.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(longest)
        expect([answer, made.calls()]).toEqual(made.calls() === 1 ? ['answer', 1] : ['quota_backoff', 0])
      },
    )
    await fc.assert(property)
  })
})
