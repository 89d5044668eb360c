import { describe, expect, it } from 'vitest'
import { LONGEST_WAIT_SECONDS } from '../../../lib/ending/carry-out.ts'
import type { Watch } from '../../../lib/ending/ending.ts'
import { lookFor } from '../../../lib/ending/look.ts'
import { Fault } from '../../../lib/fault.ts'
import { anAftermath, aWatch } from '../../support/endings.ts'
import { T0 } from '../../support/participants.ts'

async function looked(watch: Watch, connected: readonly string[] = [], secondsLater = 0) {
  const made = anAftermath()
  const asked: unknown[] = []
  const lookout = {
    async connectedOf(...about: unknown[]) {
      asked.push(about)
      return made.connectedOf()
    },
    traceOf: async () => undefined,
  }
  for (const id of connected) made.connected.add(id)
  const deps = { lookout, endings: made.endings, watches: made.deps.watches }
  await lookFor(deps, watch, T0 + secondsLater * 1000)
  return { ...made, asked, deps }
}
const idsOf = (watches: readonly Watch[]) => watches.map(({ ids }) => ids.map(({ participantId: id }) => id))

describe('a look', () => {
  it('asks once, of the user', async () => {
    const watch = aWatch({ p1: 3_600, p2: 3_600 })
    expect((await looked(watch)).asked).toEqual([[watch.stageArn, watch.userId]])
  })

  it('puts out who is there, and looks for the rest again', async () => {
    const { sent, watched } = await looked(aWatch({ p1: 3_600, p2: 3_600 }), ['p1', 'stranger'])
    expect(sent).toMatchObject([
      { participantId: 'p1', userId: 'ada', reason: 'banned', priority: 'ban', freesSeat: true },
    ])
    expect(idsOf(watched)).toEqual([['p2']])
  })

  it('leaves it to their own watch once all are there', async () => {
    expect((await looked(aWatch({ p1: 3_600 }), ['p1'])).watched).toEqual([])
  })

  it('comes twice as late each time, and never later than a minute', async () => {
    const waits = [5]
    for (let look = 0; look < 6; look++) {
      const { watched } = await looked(aWatch({ p1: 3_600 }, { waitSeconds: waits.at(-1) ?? 0 }))
      waits.push(watched[0]?.waitSeconds ?? 0)
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60])
    expect(LONGEST_WAIT_SECONDS).toBe(60)
  })

  it.each([
    ['is looked for again while it may be used', 100, 99, [['p1']]],
    ['also in the last second, by clocks that may differ', 100, 101, [['p1']]],
    ['is not looked for again after that', 100, 102, []],
  ])('an id %s', async (_, expires, secondsLater, again) => {
    expect(idsOf((await looked(aWatch({ p1: expires }), [], secondsLater)).watched)).toEqual(again)
  })

  it('finds who came just before the token expired, however long ago that is', async () => {
    const { sent, watched } = await looked(aWatch({ p1: 100, p2: 100 }), ['p1'], 160)
    expect(sent.map(({ participantId }) => participantId)).toEqual(['p1'])
    expect(watched).toEqual([])
  })

  it('asks again for everyone where who is there could not be put out', async () => {
    const { deps, faults, connected, sent, watched } = await looked(aWatch({ p1: 3_600 }))
    watched.length = 0
    connected.add('p1')
    faults.endings = new Fault('storage_unavailable', 'test')
    await expect(lookFor(deps, aWatch({ p1: 3_600, p2: 3_600 }), T0)).rejects.toBe(faults.endings)
    expect([sent, watched]).toEqual([[], []])
  })
})
