import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { cachedSecret, type SecretTrouble } from '../../../lib/secret/cached-secret.ts'
import { SecretProblem } from '../../../lib/secret/secret-problem.ts'

const marker = 'm4rk3rOfASecret'
const MINUTE_MS = 60_000

/** A cached secret on a clock and a source that the test moves. Its text is good when it is a number. */
function bench(options: { readonly maxStaleMs?: number } = {}) {
  const state = { now: 1_800_000_000_000, text: '1' as string | Error, reads: 0, parses: 0 }
  const troubles: SecretTrouble[] = []
  const read = cachedSecret<{ readonly number: number }>({
    secretId: 'stagedoor/dev/signing',
    source: async () => {
      state.reads += 1
      if (state.text instanceof Error) throw state.text
      return state.text
    },
    parse: (text) => {
      state.parses += 1
      if (text.startsWith('throw')) throw new SyntaxError(`unexpected ${text}`)
      if (!/^\d+$/.test(text)) throw new SecretProblem('it is not a number')
      return { number: Number(text) }
    },
    clock: () => state.now,
    maxAgeMs: 15 * MINUTE_MS,
    retryMs: 5_000,
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  })
  return { state, troubles, read }
}

const down = Object.assign(new Error(`no route for ${marker}`), { name: 'TimeoutError' })

describe('cachedSecret, while the secret can be read', () => {
  it('reads and parses once, and again when 15 minutes have passed', async () => {
    const { state, read } = bench()
    const first = await read()
    state.now += 15 * MINUTE_MS - 1
    expect(await read()).toBe(first)
    expect(state).toMatchObject({ reads: 1, parses: 1 })
    state.now += 1
    expect(await read()).toBe(first)
    expect(state).toMatchObject({ reads: 2, parses: 1 })
  })

  it('has the new value when the text has changed', async () => {
    const { state, read } = bench()
    await read()
    state.text = '2'
    expect(await read()).toEqual({ number: 1 })
    state.now += 15 * MINUTE_MS
    expect(await read()).toEqual({ number: 2 })
    expect(state.parses).toBe(2)
  })

  it('reads once for any number of concurrent callers', async () => {
    const { state, read } = bench()
    const values = await Promise.all(Array.from({ length: 50 }, read))
    expect(new Set(values).size).toBe(1)
    expect(state).toMatchObject({ reads: 1, parses: 1 })
  })
})

describe('cachedSecret, when a re-read does not help', () => {
  it.each<[string, string | Error, Partial<SecretTrouble>]>([
    ['cannot be read', down, { problem: 'unreadable', detail: 'TimeoutError' }],
    ['cannot be used', marker, { problem: 'unusable', detail: 'it is not a number' }],
    ['makes the parser quote it', `throw ${marker}`, { problem: 'unreadable', detail: 'SyntaxError' }],
  ])(
    'serves the old value when the new text %s, says so without quoting, and tries again after 5 s',
    async (...row) => {
      const [, text, trouble] = row
      const { state, troubles, read } = bench()
      const first = await read()
      state.text = text
      state.now += 15 * MINUTE_MS
      expect(await Promise.all([read(), read(), read()])).toEqual([first, first, first])
      expect(troubles).toEqual([{ secretId: 'stagedoor/dev/signing', servedStale: true, ...trouble }])
      expect(JSON.stringify(troubles)).not.toContain(marker)

      state.now += 4_999
      expect(await read()).toBe(first)
      expect(state.reads).toBe(2)
      state.text = '3'
      state.now += 1
      expect(await read()).toEqual({ number: 3 })
      expect(state.reads).toBe(3)
    },
  )

  it('serves the old value without end unless told otherwise', async () => {
    const { state, read } = bench()
    await read()
    state.text = down
    state.now += 365 * 24 * 60 * MINUTE_MS
    expect(await read()).toEqual({ number: 1 })
  })

  it('stops serving it after maxStaleMs', async () => {
    const { state, troubles, read } = bench({ maxStaleMs: MINUTE_MS })
    await read()
    state.text = down
    state.now += 16 * MINUTE_MS - 1
    expect(await read()).toEqual({ number: 1 })
    state.now += 5_000
    await expect(read()).rejects.toThrow(Fault)
    expect(troubles.map((trouble) => trouble.servedStale)).toEqual([true, false])
  })
})

describe('cachedSecret, with nothing ever readable', () => {
  it.each<[string, string | Error]>([
    ['the source is down', down],
    ['the text cannot be used', marker],
  ])('throws storage_unavailable when %s, and reads at most once in 5 s', async (_label, text) => {
    const { state, troubles, read } = bench()
    state.text = text
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, read))
    state.now += 2_500
    outcomes.push(...(await Promise.allSettled(Array.from({ length: 50 }, read))))
    expect(state.reads).toBe(1)
    expect(troubles).toHaveLength(1)
    for (const outcome of outcomes) {
      const fault = outcome.status === 'rejected' ? outcome.reason : undefined
      expect(fault).toBeInstanceOf(Fault)
      expect(fault).toMatchObject({ code: 'storage_unavailable' })
      expect(`${fault.stack} ${fault.cause}`).not.toContain(marker)
    }
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.retryAfterSeconds)).toEqual([
      ...Array(50).fill(5),
      ...Array(50).fill(3),
    ])

    state.text = '7'
    state.now += 2_500
    expect(await read()).toEqual({ number: 7 })
  })
})
