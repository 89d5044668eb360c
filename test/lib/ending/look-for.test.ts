import { describe, expect, it } from 'vitest'
import { lookFor } from '../../../lib/ending/look.ts'
import type { Watch, WatchedId } from '../../../lib/ending/watch-store.ts'
import { Fault } from '../../../lib/fault.ts'
import type { ParticipantId } from '../../../lib/ids.ts'
import { aLook, anAftermath, aWatch, place, watchedIds } from '../../support/endings.ts'
import { participantId, T0, userKey } from '../../support/participants.ts'

const HOUR = watchedIds({ p1: 3_600 })
const BOTH = watchedIds({ p1: 3_600, p2: 3_600 })
const idsOf = (watch: Watch | undefined) => watch?.ids.map(({ participantId: id }) => id)

interface Setting {
  readonly connected?: readonly string[]
  /** Seconds after `T0`, when the watch began. */
  readonly at?: number
  /** What the last sweep says, and when it was: seconds after `T0`. */
  readonly swept?: { readonly at: number; readonly connected?: readonly string[] }
  readonly isBusy?: boolean
  readonly watch?: Partial<Watch>
}

/** A watch whose first look is due, and what the look did. */
async function scene(ids: readonly WatchedId[], { at = 5, isBusy = false, ...setting }: Setting = {}) {
  const made = anAftermath()
  const asked: string[] = []
  const soon: unknown[] = []
  for (const id of setting.connected ?? []) made.connected.add(id)
  const deps = {
    ...made.deps,
    endings: made.endings,
    lookout: {
      async connectedOf(stageArn: string, userId: string) {
        asked.push(`list ${stageArn} ${userId}`)
        return isBusy ? undefined : made.connectedOf()
      },
      async surelyConnectedOf(stageArn: string, userId: string) {
        asked.push(`wait and list ${stageArn} ${userId}`)
        return made.connectedOf()
      },
    },
    presence: {
      async connected(_: string, some: readonly ParticipantId[]) {
        asked.push(`get ${some.join(' ')}`)
        return new Set(some.filter((id) => made.connected.has(id)))
      },
    },
    lastSweep: async () =>
      setting.swept && {
        at: T0 + setting.swept.at * 1000,
        connected: new Set(setting.swept.connected?.map(participantId)),
      },
    sweeps: {
      soon: async ({ stageId }: { readonly stageId: string }) => {
        soon.push(stageId)
      },
    },
  }
  await deps.watches.save(aLook(), aWatch(ids, setting.watch), undefined)
  const look = (turn = 'turn-1', now = T0 + at * 1000) => lookFor(deps, aLook({ turn }), now)
  return { ...made, asked, soon, deps, look }
}

async function looked(ids: readonly WatchedId[], setting: Setting = {}) {
  const made = await scene(ids, setting)
  await made.look()
  return made
}

describe('a look', () => {
  it('asks once, of the user', async () => {
    expect((await looked(BOTH)).asked).toEqual([`list ${place.stageArn} ${userKey().userId}`])
  })

  it('puts out who is there, and looks for the rest again', async () => {
    const { sent, watch, looks } = await looked(BOTH, { connected: ['p1', 'stranger'] })
    expect(sent).toMatchObject([
      { participantId: 'p1', userId: 'ada', reason: 'banned', priority: 'ban', freesSeat: true },
    ])
    expect(idsOf(watch())).toEqual(['p2'])
    expect(looks).toMatchObject([{ after: 'turn-1', inSeconds: 10 }])
    expect(watch()?.turn).toBe(looks[0]?.turn)
  })

  it('leaves it to their being put out once all are there', async () => {
    const { watch, looks } = await looked(HOUR, { connected: ['p1'] })
    expect([watch()?.ids, looks]).toEqual([[], []])
  })

  it('comes twice as late each time, and never later than a minute', async () => {
    const made = await scene(HOUR)
    let now = T0
    for (let look = 0; look < 6; look++) {
      now += (made.looks.at(-1)?.inSeconds ?? 5) * 1000
      await made.look(made.watch()?.turn, now)
    }
    expect(made.looks.map(({ inSeconds }) => inSeconds)).toEqual([10, 20, 40, 60, 60, 60])
  })

  it.each([
    ['is looked for again while it may be used', 100, 99, ['p1']],
    ['also in the last second, by clocks that may differ', 100, 101, ['p1']],
    ['is not looked for again after that', 100, 102, []],
  ])('an id %s', async (_, expires, at, again) => {
    expect(idsOf((await looked(watchedIds({ p1: expires }), { at })).watch())).toEqual(again)
  })

  it('finds who came just before the token expired, however long ago that is', async () => {
    const { sent, watch, looks } = await looked(watchedIds({ p1: 100, p2: 100 }), { connected: ['p1'], at: 160 })
    expect(sent.map(({ participantId: id }) => id)).toEqual(['p1'])
    expect([watch()?.ids, looks]).toEqual([[], []])
  })

  it('that was sent and never written down is one too many, also once all is over', async () => {
    const { deps, look, watch } = await scene(watchedIds({ p1: 100 }), { at: 160 })
    await look()
    expect(watch()?.ids).toEqual([])
    await lookFor(deps, aLook({ turn: 'lost', after: 'turn-1' }), T0 + 200_000)
  })

  it('asks again for everyone where who is there could not be put out', async () => {
    const { look, faults, sent, looks, watch } = await scene(BOTH, { connected: ['p1'] })
    faults.endings = new Fault('storage_unavailable', 'test')
    await expect(look()).rejects.toBe(faults.endings)
    expect([sent, looks, idsOf(watch())]).toEqual([[], [], ['p1', 'p2']])
    delete faults.endings
    await look()
    expect(idsOf(watch())).toEqual(['p2'])
  })
})

describe('a sweep since the last look', () => {
  it('answers it without asking IVS anything, and the next look comes so much earlier', async () => {
    const { asked, looks, watch } = await looked(HOUR, { swept: { at: 2 } })
    expect(asked).toEqual([])
    expect(looks).toMatchObject([{ inSeconds: 7 }])
    expect(watch()).toMatchObject({ seenAt: T0 + 2_000, waitSeconds: 10 })
  })

  it.each([
    ['is before the last look', 0],
    ['is long before', -60],
  ])('does not where it %s', async (_, at) => {
    expect((await looked(HOUR, { swept: { at } })).asked).toHaveLength(1)
  })

  it.each([
    ['is there still', ['p1'], ['p1'], ['p2']],
    ['is not any more', [], [], ['p1', 'p2']],
  ])('has IVS asked whether whom it saw %s', async (_, connected, out, again) => {
    const made = await looked(BOTH, { connected, swept: { at: 2, connected: ['p1', 'stranger'] } })
    expect(made.asked).toEqual(['get p1'])
    expect(made.sent.map(({ participantId: id }) => id)).toEqual(out)
    expect(idsOf(made.watch())).toEqual(again)
  })

  it('does not end a watch by what it cannot have seen', async () => {
    const ids = watchedIds({ p1: 20 })
    expect((await looked(ids, { at: 25, swept: { at: 19 } })).looks).toHaveLength(1)
    expect((await looked(ids, { at: 25, swept: { at: 23 } })).looks).toEqual([])
  })
})

describe('while sweeps use all calls there are', () => {
  it('a look asks for a sweep of its stage, and comes again for what that says', async () => {
    const { soon, looks, watch, asked } = await looked(HOUR, { isBusy: true })
    expect(soon).toEqual([place.stageId])
    expect(asked).toHaveLength(1)
    expect(looks).toMatchObject([{ inSeconds: 15 }])
    expect(watch()).toMatchObject({ seenAt: T0, waitSeconds: 5 })
  })

  it.each([
    ['each by its id', 10, 'get'],
    ['in one list of all that their user has there', 11, 'wait and list'],
  ])('whom no sweep saw either for 75 seconds are asked about %s, where they are %i', async (_, count, how) => {
    const ids = watchedIds(Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 3_600])))
    const { asked, sent } = await looked(ids, { isBusy: true, at: 75, connected: ['p1'] })
    expect(asked.map((one) => one.startsWith(how))).toEqual([false, true])
    expect(sent.map(({ participantId: id }) => id)).toEqual(['p1'])
  })

  it('whom no sweep saw either for 75 seconds is asked about by id, which takes nothing from sweeps', async () => {
    expect((await looked(HOUR, { isBusy: true, at: 74 })).asked).toHaveLength(1)
    const { asked, sent } = await looked(HOUR, { isBusy: true, at: 75, connected: ['p1'] })
    expect(asked.at(-1)).toBe('get p1')
    expect(sent).toHaveLength(1)
  })
})

describe('a look that comes twice', () => {
  it('is made once, and has one follower', async () => {
    const { look, looks, asked } = await scene(HOUR)
    await look()
    await look()
    expect([asked.length, looks.length]).toEqual([1, 1])
  })

  it('at the same time has one follower that counts', async () => {
    const { look, looks, asked } = await scene(HOUR)
    await Promise.all([look(), look(), look()])
    for (const { turn } of [...looks]) await look(turn, T0 + 15_000)
    expect(asked).toHaveLength(3 + 1)
    expect(looks).toHaveLength(3 + 1)
  })

  it('comes again, and no chain is lost, where a delivery got no further than sending the next', async () => {
    const { look, looks, deps, watch } = await scene(HOUR)
    const { save } = deps.watches
    deps.watches.save = async () => {
      throw new Fault('storage_unavailable', 'test')
    }
    await expect(look()).rejects.toThrow()
    deps.watches.save = save
    const [early] = looks
    // Its own instant may come before the delivery that sent it was made again.
    await expect(lookFor(deps, aLook({ turn: early?.turn ?? '', after: 'turn-1' }), T0 + 15_000)).rejects.toThrow()
    await look('turn-1', T0 + 16_000)
    await lookFor(deps, aLook({ turn: early?.turn ?? '', after: 'turn-1' }), T0 + 17_000)
    expect(looks).toHaveLength(2)
    expect(watch()?.turn).toBe(looks[1]?.turn)
  })

  it('of nobody who is watched for does nothing', async () => {
    const { deps, asked } = await scene(HOUR)
    await lookFor(deps, aLook({ generation: 2, after: 'x' }), T0)
    expect(asked).toEqual([])
  })
})
