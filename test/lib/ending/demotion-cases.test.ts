import { describe, expect, it } from 'vitest'
import type { ParticipantId } from '../../../lib/ids.ts'
import { leaveStage } from '../../../lib/leave/leave.ts'
import { assignRole } from '../../../lib/moderation/members.ts'
import { refreshToken } from '../../../lib/refresh/refresh.ts'
import { aCaller } from '../../support/callers.ts'
import { ordered } from '../../support/loop-weather.ts'
import { userKey } from '../../support/participants.ts'
import { aGuest, type Held } from '../../support/stage-guest.ts'
import { aStageLoop, MINUTES, type StageLoop } from '../../support/stage-loop.ts'
import { aLog } from '../../support/use-case.ts'

const ADA = userKey('ada').userId
/** What IVS does with old tokens at its worst for us; every event comes at once. */
const fair = {
  ...{ events: [[0]], messages: [[0]] },
  assume: { disconnectRevokesNeverJoined: false, disconnectedIdRefused: false, exchangeKillsOldToken: false },
}

/** One user on a stage, who joins as what they are at first, and connects. */
async function onStage(role: string, story: (scene: Scene) => Promise<void>): Promise<void> {
  const loop = await aStageLoop(fair)
  const guest = aGuest(loop)
  const become = async (name: string, deadlineSeconds = 15): Promise<void> => {
    const request = { role: name, deadlineSeconds }
    expect((await assignRole(loop.deps.moderation, ordered(loop), ADA, request)).ok).toBe(true)
  }
  const refresh = async (): Promise<Held> => {
    expect(await guest.refresh(first().id)).toBe('ok')
    return guest.held.at(-1) ?? first()
  }
  const first = (): Held => {
    const [held] = guest.held
    if (held === undefined) throw new Error('nobody joined')
    return held
  }
  const begun = async (): Promise<void> => {
    await become(role)
    expect(await guest.join()).toBe('ok')
    expect(guest.connect(first())).toBe('ok')
    await loop.clock.wait(10_000)
    await story({ loop, guest, become, refresh, id: first().id })
  }
  await loop.clock.run(begun())
}

interface Scene {
  readonly loop: StageLoop
  readonly guest: ReturnType<typeof aGuest>
  readonly become: (role: string, deadlineSeconds?: number) => Promise<void>
  readonly refresh: () => Promise<Held>
  readonly id: ParticipantId
}

const leases = async ({ deps, stage }: StageLoop): Promise<readonly string[]> =>
  Object.keys((await deps.leave.seats.load({ stageUid: stage.uid, generation: 1 }))?.leases ?? {})

describe('a demoted publisher', () => {
  it('who obeys is left alone, and the seat is free at the deadline', () =>
    onStage('speaker', async ({ loop, guest, become, refresh, id }) => {
      expect(guest.publish(id)).toBe('ok')
      expect(await leases(loop)).toEqual([id])
      await become('viewer')
      expect(guest.exchange(await refresh())).toBe('ok')
      guest.unpublish(id)
      await loop.clock.wait(16_000)
      expect(await leases(loop)).toEqual([])
      expect(loop.putOut()).toEqual([])
    }))

  it('who was raised again, and is demoted once more, has the time of the later demotion', () =>
    onStage('speaker', async ({ loop, become, id }) => {
      await become('viewer', 15)
      await loop.clock.wait(5_000)
      await become('speaker')
      await loop.clock.wait(1_000)
      await become('viewer', 60)
      await loop.clock.wait(58_000)
      expect(loop.putOut()).toEqual([])
      await loop.clock.wait(4_000)
      expect(loop.putOut()).toEqual([{ id, reason: 'demoted' }])
    }))
})

describe('who once exchanged to more', () => {
  it('and obeys a demotion by coming anew with the lesser token, is left alone', () =>
    onStage('viewer', async ({ loop, guest, become, refresh, id }) => {
      await become('speaker')
      expect(guest.exchange(await refresh())).toBe('ok')
      await loop.clock.wait(10_000)
      await become('viewer')
      const lesser = await refresh()
      guest.hangUp(id)
      await loop.clock.wait(3_000)
      expect(guest.connect(lesser)).toBe('ok')
      await loop.clock.wait(30_000)
      await loop.sweep()
      await loop.clock.wait(5_000)
      expect(loop.putOut()).toEqual([])
    }))

  it('and gives it up by coming anew with a narrower token, is left alone by sweeps', () =>
    onStage('speaker', async ({ loop, guest, refresh, id }) => {
      expect(guest.exchange(await refresh())).toBe('ok')
      guest.publish(id)
      guest.unpublish(id)
      await loop.clock.wait(10_000)
      const caller = aCaller({ userId: 'ada' })
      const call = { stageId: loop.stage.stageId, caller, now: loop.clock.now(), log: aLog(), participantId: id }
      const narrowed = await refreshToken(loop.deps.refresh, { ...call, request: { capabilities: ['SUBSCRIBE'] } })
      if (!narrowed.ok) throw new Error(narrowed.refusal.code)
      guest.hangUp(id)
      await loop.clock.wait(1_000)
      expect(loop.local.side.join({ token: narrowed.value.token }).ok).toBe(true)
      await loop.clock.wait(30_000)
      await loop.sweep()
      await loop.clock.wait(5_000)
      expect(loop.putOut()).toEqual([])
    }))

  it('and comes anew with the greater token all the same, is put out at the deadline', () =>
    onStage('viewer', async ({ loop, guest, become, refresh, id }) => {
      await become('speaker')
      const greater = await refresh()
      expect(guest.exchange(greater)).toBe('ok')
      await loop.clock.wait(1_000)
      await become('viewer')
      guest.hangUp(id)
      await loop.clock.wait(3_000)
      expect(guest.connect(greater)).toBe('ok')
      await loop.clock.wait(13_000)
      expect(loop.putOut()).toEqual([{ id, reason: 'demoted' }])
    }))
})

describe('a device that a moderator removes', () => {
  it('is off at once, though its token ran out while it was connected', () =>
    onStage('viewer', async ({ loop, id }) => {
      await loop.clock.wait(MINUTES * 60_000)
      const since = loop.clock.now()
      const removed = await leaveStage(loop.deps.leave, { ...ordered(loop), participantId: id, owner: ADA })
      expect(removed.ok).toBe(true)
      await loop.clock.wait(1_000)
      expect(loop.local.spansOf(id, 'JOINED').map(({ until }) => until - since <= 1_000)).toEqual([true])
    }))
})
