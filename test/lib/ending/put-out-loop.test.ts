import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { banUser, kickUser } from '../../../lib/moderation/put-out.ts'
import type { Span } from '../../support/local-ivs-client.ts'
import { AFTERMATH_MS, APPEARING_MS, AT_ONCE_MS, ordered, readings, weather } from '../../support/loop-weather.ts'
import { createMemoryQuota } from '../../support/memory-quota.ts'
import { userKey } from '../../support/participants.ts'
import { aGuest, type Guest } from '../../support/stage-guest.ts'
import { aStageLoop, type StageLoop } from '../../support/stage-loop.ts'

/** `which` picks a token, or an id, of those there are. */
interface Step {
  readonly does: 'join' | 'screen' | 'refresh' | 'connect' | 'exchange' | 'publish' | 'hang up' | 'quit' | 'replay'
  readonly which: number
  readonly after: number
}

const step = (longestPauseMs: number): fc.Arbitrary<Step> =>
  fc.record({
    does: fc.constantFrom<Step['does']>(
      ...(['join', 'screen', 'refresh', 'connect', 'connect', 'connect'] as const),
      ...(['exchange', 'publish', 'hang up', 'quit', 'replay'] as const),
    ),
    which: fc.nat(30),
    after: fc.nat(longestPauseMs),
  })
const life = fc.record({
  weather,
  // Longer in all than a token lives: whoever came with one that has run out since is there still.
  until: fc.array(step(70_000), { maxLength: 12 }),
  after: fc.array(step(70_000), { minLength: 1, maxLength: 12 }),
  racing: fc.boolean(),
})

const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)]

/** Answers what the API said, where it was asked. */
async function take(loop: StageLoop, guest: Guest, { does, which }: Step): Promise<string | undefined> {
  const held = pick(guest.held, which)
  if (does === 'join') return guest.join()
  if (does === 'screen') return guest.join('screen')
  if (held === undefined) return undefined
  if (does === 'refresh') return guest.refresh(held.id)
  if (does === 'quit') return guest.quit(held.id)
  if (does === 'connect') guest.connect(held)
  if (does === 'exchange') guest.exchange(held)
  if (does === 'publish') guest.publish(held.id)
  if (does === 'hang up') guest.hangUp(held.id)
  const event = does === 'replay' ? pick(loop.past, which) : undefined
  if (event !== undefined) await loop.takeIn(event)
  return undefined
}

const ADA = userKey('ada').userId

/** Everything an id that had to be off was still there for, after it had to be. */
const overstayed = (spans: readonly Span[], since: number): readonly Span[] =>
  spans.filter(({ from, until }) => (from <= since ? until > since + AT_ONCE_MS : until > from + APPEARING_MS))

describe.each(readings)('while %s', (_, assume) => {
  it.each(['banned', 'kicked'] as const)(
    'every id of a user who is %s goes within a second, or a minute and a second after it appears',
    async (as) => {
      const property = fc.asyncProperty(life, async ({ weather: found, until, after, racing }) => {
        const loop = await aStageLoop({ ...found, assume })
        const guest = aGuest(loop)
        const { clock, local } = loop
        const story = async (): Promise<void> => {
          expect(await guest.join()).toBe('ok')
          for (const one of until) {
            await clock.wait(one.after)
            await take(loop, guest, one)
          }
          const [since, before] = [clock.now(), guest.ids()]
          const order = as === 'banned' ? banUser(loop.deps.moderation, ordered(loop), ADA, {}) : kicked(loop)
          const raced = racing ? guest.join() : undefined
          const answer = await order
          if (!answer.ok) throw new Error(answer.refusal.code)
          await raced
          const ids = [...new Set<string>([...before, ...answer.value.disconnected, ...answer.value.pending])]
          for (const one of after) {
            await clock.wait(one.after)
            const said = await take(loop, guest, one)
            const asks = one.does === 'join' || one.does === 'screen' || one.does === 'refresh'
            if (as === 'banned' && asks) expect(said).toBe('banned')
          }
          await clock.wait(AFTERMATH_MS)
          for (const id of ids) expect(overstayed(local.spansOf(id, 'JOINED'), since)).toEqual([])
          // Who comes back after a kick is a participant like any other. One of the same millisecond may be of before it.
          const later = guest.held.filter(({ mintedAt }) => mintedAt > since).map(({ id }) => id)
          const others = loop
            .putOut()
            .filter(({ id, reason }) => reason === as && later.includes(id) && !ids.includes(id))
          expect(others).toEqual([])
        }
        await clock.run(story())
      })
      await fc.assert(property, { numRuns: 20 })
    },
  )
})

const kicked = (loop: StageLoop) => kickUser(loop.deps.moderation, ordered(loop), ADA, {})

describe('with our share of the quota alone', () => {
  it('ten connected ids go four a second, and what was watched for a while longer', async () => {
    const quota = (clock: () => number) => createMemoryQuota({ share: 0.8, clock })
    const loop = await aStageLoop({ assume: {}, events: [[]], messages: [[0]], quota })
    const guest = aGuest(loop)
    const { clock, local } = loop
    const story = async (): Promise<void> => {
      for (let id = 0; id < 10; id++) expect(await guest.join()).toBe('ok')
      for (const held of guest.held) expect(guest.connect(held)).toBe('ok')
      const since = clock.now()
      expect((await banUser(loop.deps.moderation, ordered(loop), ADA, {})).ok).toBe(true)
      await clock.wait(5_000)
      const stays = guest.ids().flatMap((id) => local.spansOf(id, 'JOINED').map(({ until }) => until - since))
      expect(stays.filter((ms) => ms <= AT_ONCE_MS).length).toBeGreaterThanOrEqual(4)
      expect(Math.max(...stays)).toBeLessThanOrEqual(3_000 + AT_ONCE_MS)
    }
    await clock.run(story())
  })
})
