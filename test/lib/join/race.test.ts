import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../local/seeded-random.ts'
import { granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { tableForFile } from '../../support/each-store.ts'
import { T0 } from '../../support/participants.ts'
import { faultyTable } from '../../support/tables.ts'
import { aScene, type Scene, tableStores } from '../../support/use-case.ts'

const SEATS = 12
const LEASE_MS = 300_000

const started = tableForFile()

class Crash extends Error {}

/** A Lambda that may die before or after any of its writes, and does nothing any more once it has. */
function mortal(scene: Scene, random: () => number): Scene['join'] {
  let dead = false
  const mayDie = (method: string): void => {
    dead ||= ['put', 'update'].includes(method) && random() < 0.25
    if (dead) throw new Crash()
  }
  return scene.lambda(tableStores(faultyTable(started().table, { before: mayDie, after: mayDie }))).join
}

/** The id of whoever got a token; nothing for those who were refused or whose Lambda died. */
async function idOf(join: ReturnType<Scene['join']>): Promise<string | undefined> {
  try {
    const joined = await join
    if (!joined.ok) expect(joined.refusal.code).toBe('publisher_seats_full')
    return joined.ok ? joined.value.answer.participantId : undefined
  } catch (error) {
    if (!(error instanceof Crash)) throw error
    return undefined
  }
}
const present = (ids: readonly (string | undefined)[]): string[] => ids.flatMap((id) => id ?? [])

describe('a hundred users racing for twelve seats, with crashes between the writes', () => {
  let lostInAll = 0
  it.each([1, 2, 3])(
    'never more than twelve sit, and no seat is lost for longer than its lease (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      const scene = await aScene({
        stores: tableStores(started().table),
        stage: { defaultRole: 'speaker', seats: SEATS },
      })
      const racing = Array.from({ length: 100 }, (_, i) =>
        idOf(mortal(scene, random)({ caller: aCaller({ userId: `u${i}` }) })),
      )
      const seated = present(await Promise.all(racing))
      const leases = await scene.leases()
      expect(leases).toHaveLength(SEATS)
      expect(leases).toEqual(expect.arrayContaining(seated))
      const lost = SEATS - seated.length
      lostInAll += lost

      for (const id of seated) scene.outside.connected.add(id)
      const whileLeased = scene.lambda().join({ caller: aCaller({ userId: 'early' }), now: T0 + LEASE_MS - 1000 })
      expect(await idOf(whileLeased)).toBeUndefined()

      scene.outside.now = T0 + LEASE_MS
      const next: string[] = []
      for (let i = 0; i < SEATS + 8; i++)
        next.push(...present([await idOf(scene.join({ caller: aCaller({ userId: `v${i}` }) }))]))
      expect(next).toHaveLength(lost)
      expect((await scene.leases()).sort()).toEqual([...seated, ...next].sort())
    },
    60_000,
  )

  it('lost some seats in all: else nothing was shown', () => {
    expect(lostInAll).toBeGreaterThan(0)
  })

  it('whose seat is given away has ended: nobody comes back on it', async () => {
    const scene = await aScene({ stores: tableStores(started().table), stage: { defaultRole: 'speaker', seats: 1 } })
    const first = granted(await scene.join({ idempotencyKey: 'k' })).answer
    scene.outside.now = T0 + LEASE_MS
    const second = granted(await scene.join({ caller: aCaller({ userId: 'bob' }) })).answer
    expect(await scene.leases()).toEqual([second.participantId])
    expect(scene.outside.queued).toMatchObject([
      { participantId: first.participantId, reason: 'lapsed', freesSeat: false },
    ])
    expect(await scene.join({ idempotencyKey: 'k' })).toMatchObject({
      refusal: { code: 'participant_ended', reason: 'lapsed' },
    })
  })
})
