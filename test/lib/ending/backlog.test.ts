import { describe, expect, it } from 'vitest'
import { carryOut } from '../../../lib/ending/carry-out.ts'
import { insistent } from '../../../lib/ending/disconnector.ts'
import type { Ending } from '../../../lib/ending/ending.ts'
import { createEndings } from '../../../lib/ending/endings.ts'
import type { Message } from '../../../lib/ending/message.ts'
import type { QueueName } from '../../../lib/ending/queues.ts'
import type { UserId } from '../../../lib/ids.ts'
import { withQuota } from '../../../lib/ivs/with-quota.ts'
import { seededRandom } from '../../../local/seeded-random.ts'
import { anAftermath, anEnding } from '../../support/endings.ts'
import { createMemoryQuota } from '../../support/memory-quota.ts'
import { T0 } from '../../support/participants.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

/** As they are deployed: how many of a queue's messages are carried out at the same time, and when one comes again. */
const LANES: Readonly<Record<QueueName, number>> = { urgent: 5, ordinary: 2, later: 5 }
const TIMEOUT_MS = 25_000
const HIDDEN_MS: Readonly<Record<QueueName, number>> = { urgent: 30_000, ordinary: 60_000, later: 60_000 }
const RECEIVES = 20

const BOTH = [() => true, () => false] as const

interface Waiting {
  readonly ending: Ending
  readonly sentAt: number
  readonly receives: number
  readonly from: number
}

/** All are sent at once. Answers after how many seconds each was off, which were given up, and how many are watched for. */
async function played(share: number, all: readonly Ending[], silentAbout?: string) {
  const clock = createVirtualClock(T0)
  const quota = createMemoryQuota({ share, clock: clock.now })
  const made = anAftermath()
  const off = new Map<string, number>()
  const random = seededRandom(share * 10)
  const pauses = { wait: clock.wait, random }
  const queues: Record<QueueName, Waiting[]> = { urgent: [], ordinary: [], later: [] }
  const dead: string[] = []
  let left = all.length

  /** A run that timed out does nothing more. */
  const run = async (ending: Ending, sentAt: number): Promise<boolean> => {
    let isOver = false
    const disconnect = ({ participantId: id, priority }: Ending): Promise<void> =>
      withQuota({ ...pauses, quota, longestWaitMs: 15_000 }, 'DisconnectParticipant', priority, async () => {
        if (isOver || id === silentAbout) await new Promise(() => {})
        off.set(id, off.get(id) ?? (clock.now() - T0) / 1000)
      })
    const disconnector = insistent({ disconnect }, { ...pauses, clock: clock.now })
    const work = carryOut({ ...made.deps, ...pauses, disconnector }, ending, sentAt)
    const isDone = await Promise.race([work.then(...BOTH), clock.wait(TIMEOUT_MS).then(() => false)])
    isOver = true
    return isDone
  }
  const take = async (name: QueueName, one: Waiting): Promise<void> => {
    const again = clock.now() + HIDDEN_MS[name]
    if (await run(one.ending, one.sentAt)) left -= 1
    else if (one.receives < RECEIVES) queues[name].push({ ...one, receives: one.receives + 1, from: again })
    else {
      left -= 1
      dead.push(one.ending.participantId)
    }
  }
  const lane = async (name: QueueName): Promise<void> => {
    while (left > 0) {
      const index = queues[name].findIndex(({ from }) => from <= clock.now())
      const [one] = index < 0 ? [] : queues[name].splice(index, 1)
      if (one === undefined) await clock.wait(100)
      else await take(name, one)
    }
  }
  const send = async (queue: QueueName, message: Message): Promise<void> => {
    if (message.kind !== 'ending') return
    queues[queue].push({ ending: message.ending, sentAt: clock.now(), receives: 1, from: clock.now() })
  }
  await createEndings({ send }).send(all)
  const lanes = (['urgent', 'later', 'ordinary'] as const).flatMap((name) =>
    Array.from({ length: LANES[name] }, () => lane(name)),
  )
  await clock.run(Promise.all(lanes))
  const watched = async (): Promise<number> => {
    const each = await Promise.all(all.map((one) => made.deps.watches.load({ ...one, userId: one.userId as UserId })))
    return new Set(each.flatMap((watch) => watch?.ids.map(({ participantId }) => participantId) ?? [])).size
  }
  return { off, dead, watched: await watched() }
}

const kicks = (users: number, each: number): readonly Ending[] =>
  Array.from({ length: users * each }, (_, n) =>
    anEnding({ id: `kick-${n}`, reason: 'kicked', priority: 'kick', userId: `user-${n % users}` as UserId }),
  )
const leaves = (count: number): readonly Ending[] =>
  Array.from({ length: count }, (_, n) => anEnding({ id: `leave-${n}`, reason: 'left', priority: 'leave' }))

describe.each([0.2, 0.4, 0.8])('of a share of %s of the quota', (share) => {
  const perSecond = Math.floor(5 * share)

  it.each([
    [5, 10],
    [50, 1],
  ])('the kicks of %i users with %i devices each are all carried out, as fast as that goes', async (users, each) => {
    const { off, dead, watched } = await played(share, kicks(users, each))
    expect([off.size, dead]).toEqual([50, []])
    expect(Math.max(...off.values())).toBeLessThanOrEqual((50 / perSecond) * 1.5 + 35)
    expect(watched).toBe(50)
  })

  it('no kick waits for a hundred who leave', async () => {
    const { off, dead } = await played(share, [...leaves(100), ...kicks(10, 1)])
    const kicked = [...off].flatMap(([id, at]) => (id.startsWith('kick') ? [at] : []))
    expect(kicked).toHaveLength(10)
    expect(Math.max(...kicked)).toBeLessThanOrEqual((10 / perSecond) * 1.5 + 5)
    expect([off.size, dead]).toEqual([110, []])
  })

  it('no overdue demotion waits for three hundred sessions that were replaced', async () => {
    const replaced = Array.from({ length: 300 }, (_, n) =>
      anEnding({ id: `old-${n}`, reason: 'replaced', priority: 'replace' }),
    )
    const demoted = anEnding({ id: 'demoted', reason: 'demoted', priority: 'demotion' })
    const { off, dead } = await played(share, [...replaced, demoted])
    expect(off.get('demoted')).toBeLessThanOrEqual(2)
    expect([off.size, dead]).toEqual([301, []])
  })

  it('one that IVS never answers about is in no other’s way, and watched for', async () => {
    const { off, dead, watched } = await played(share, kicks(20, 1), 'kick-0')
    expect([off.size, dead, watched]).toEqual([19, ['kick-0'], 20])
  })
})
