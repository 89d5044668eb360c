import { describe, expect, it } from 'vitest'
import { banUser, kickUser } from '../../../lib/moderation/put-out.ts'
import { APPEARING_MS, ordered, readings } from '../../support/loop-weather.ts'
import { userKey } from '../../support/participants.ts'
import { aGuest, type Guest, type Held } from '../../support/stage-guest.ts'
import { aStageLoop, type StageLoop } from '../../support/stage-loop.ts'

const ADA = userKey('ada').userId
/** A user may join so often in a minute; more ids than this a record does not hold. */
const [A_MINUTE, CAP] = [8, 16]
const NOTHING_REVOKES = {
  disconnectRevokesNeverJoined: false,
  disconnectedIdRefused: false,
  exchangeKillsOldToken: false,
}

/** Joins once more than the record holds. Answers two tokens of the first participant, which the record has pruned by then. */
async function hoard(loop: StageLoop, guest: Guest): Promise<readonly [Held, Held]> {
  const { clock, participants, stage } = loop
  for (let joined = 0; joined <= CAP; joined++) {
    if (joined > 0 && joined % A_MINUTE === 0) await clock.wait(60_001)
    expect(await guest.join()).toBe('ok')
    const [first] = guest.held
    if (joined > 0 || first === undefined) continue
    await clock.wait(7_000)
    expect(await guest.refresh(first.id)).toBe('ok')
  }
  const [first, second] = guest.held
  if (first === undefined || second?.id !== first.id) throw new Error('not a participant with two tokens')
  const record = await participants.load(userKey('ada', stage.uid))
  expect(record?.participants.some(({ id }) => id === first.id)).toBe(false)
  return [first, second]
}

describe.each(readings)('while %s', (_, assume) => {
  it.each([
    ['banned', banUser],
    ['kicked', kickUser],
  ] as const)('who collects more tokens than their record holds and is %s stays by none of them', async (as, put) => {
    const loop = await aStageLoop({ events: [[]], messages: [[0]], assume })
    const guest = aGuest(loop)
    const { clock, local, deps } = loop
    const story = async (): Promise<void> => {
      const [first] = await hoard(loop, guest)
      // Somebody else is there, so that there is a session to look at.
      const other = aGuest(loop, 'bob')
      expect(await other.join()).toBe('ok')
      for (const held of other.held) expect(other.connect(held)).toBe('ok')
      expect((await put(deps.moderation, ordered(loop), ADA, {})).ok).toBe(true)
      expect(await guest.refresh(first.id)).toBe(as === 'banned' ? 'banned' : 'participant_ended')
      await clock.wait(20_000)
      const came = guest.connect(first)
      await clock.wait(2 * APPEARING_MS)
      const stays = local.spansOf(first.id, 'JOINED').map(({ from, until }) => until - from)
      // It was disconnected when it was pruned: where that revokes a token, it cannot come.
      expect(stays).toHaveLength(came === 'ok' ? 1 : 0)
      expect(Math.max(0, ...stays)).toBeLessThanOrEqual(APPEARING_MS)
    }
    await clock.run(story())
  })
})

describe('an id that was pruned', () => {
  it.each([
    ['an event', [0]],
    ['a sweep', []],
  ])('is put out once %s shows it', async (_, events) => {
    const loop = await aStageLoop({ events: [events], messages: [[0]], assume: NOTHING_REVOKES })
    const guest = aGuest(loop)
    const { clock, local } = loop
    const story = async (): Promise<void> => {
      const [first, second] = await hoard(loop, guest)
      await clock.wait(1_000)
      expect(guest.connect(first)).toBe('ok')
      if (events.length > 0) expect(guest.exchange(second)).toBe('ok')
      else await loop.sweep()
      await clock.wait(1_000)
      expect(local.spansOf(first.id, 'JOINED').map(({ from, until }) => until - from <= 1_000)).toEqual([true])
    }
    await clock.run(story())
  })
})
