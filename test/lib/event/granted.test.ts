import { describe, expect, it } from 'vitest'
import type { StageEvent } from '../../../lib/event/stage-event.ts'
import { takeEvents } from '../../../lib/event/take-events.ts'
import { Fault } from '../../../lib/fault.ts'
import type { Participant } from '../../../lib/participant/user-record.ts'
import { emptyRoster } from '../../../lib/roster/roster.ts'
import { seatsKeyOf } from '../../../lib/seat/seat-wish.ts'
import { isoOfMs } from '../../../lib/time.ts'
import { T0 } from '../../support/participants.ts'
import { aHolderScene, takeEvent } from '../../support/stage-events.ts'

const down = new Fault('storage_unavailable', 'test')
const MARKER = 'somebody’s own words'

/** `p1` of ada's in the books, of a deployment that wants to know who was let in. */
async function aScene(one?: Partial<Participant>) {
  const made = await aHolderScene({ attributes: { displayName: MARKER }, ...one })
  const deps = { ...made.deps, tellsGrants: true }
  return {
    ...{ ...made, deps },
    take: (event: StageEvent) => takeEvent(deps, event),
    granted: () => made.told.filter(({ name }) => name === 'participant.granted'),
  }
}

describe('whom an event shows for the first time', () => {
  it('is told of with what they were granted and when, before what they do', async () => {
    const { take, published, told, stage } = await aScene()
    await take(published(5))
    expect(told.map(({ name }) => name)).toEqual(['participant.granted', 'stage.live', 'participant.published'])
    expect(told[0]).toEqual({
      ...{ name: 'participant.granted', id: expect.stringMatching(/^[0-9a-f]{32}$/), at: T0 + 5_000 },
      ...{ stageId: stage.stageId, stageUid: stage.uid, participantId: 'p1', userId: 'ada' },
      ...{ role: 'speaker', slot: 'main', capabilities: ['PUBLISH', 'SUBSCRIBE'], grantedAt: isoOfMs(T0) },
    })
    expect(JSON.stringify(told)).not.toContain(MARKER)
  })

  it('is told of once, whatever they do', async () => {
    const { take, published, unpublished, exchanged, granted } = await aScene()
    for (const event of [published(1), published(1), unpublished(2), exchanged(['SUBSCRIBE'], 3), published(4)])
      await take(event)
    expect(granted()).toHaveLength(1)
  })

  it('is told of once by events that are taken in together, with the first instant', async () => {
    const { deps, published, unpublished, granted, record } = await aScene()
    await takeEvents(deps, [unpublished(7), published(6), published(6)])
    expect(granted()).toMatchObject([{ at: T0 + 6_000 }])
    expect((await record())?.participants[0]?.seenAt).toBe((T0 + 7_000) * 1000)
  })

  it.each(['unpublished', 'exchanged'] as const)('is told of also where they have only %s', async (kind) => {
    const { take, unpublished, exchanged, published, granted, record } = await aScene()
    await take(kind === 'exchanged' ? exchanged(['SUBSCRIBE'], 1) : unpublished(1))
    expect((await record())?.connected.main).toEqual([])
    await take(published(2))
    expect(granted()).toHaveLength(1)
    expect((await record())?.connected.main).toEqual(['p1'])
  })

  it('is told of by an event from before the last sweep, which makes nobody connected', async () => {
    const { take, published, deps, stage, granted, record } = await aScene()
    const swept = { ...emptyRoster(T0), version: 9, sweptAt: T0 + 60_000 }
    await deps.rosters.save(seatsKeyOf(stage), swept, undefined)
    await take(published(1))
    await take(published(1))
    expect(granted()).toHaveLength(1)
    expect((await record())?.connected.main).toEqual([])
  })

  it('is told of and put out where they have ended meanwhile', async () => {
    const { take, published, granted, sent } = await aScene({ ended: 'kicked' })
    await take(published())
    await take(published(2))
    expect(granted()).toHaveLength(1)
    expect(sent.map(({ reason }) => reason)).toEqual(['kicked', 'kicked'])
  })

  it.each<[string, object]>([
    ['of somebody we know nothing of', { userId: 'eve' }],
    ['of an id the named user never had', { participantId: 'p9' }],
    ['without a user', { userId: '' }],
    ['of a replica', { replica: true }],
  ])('is not told of by an event %s', async (_, changes) => {
    const { take, published, granted, record } = await aScene()
    await take(published(1, changes))
    expect(granted()).toEqual([])
    expect((await record())?.participants[0]?.seenAt).toBeUndefined()
  })

  it('is not told of where nobody asked for it', async () => {
    const { take, published, exchanged, told, record } = await aHolderScene()
    await take(exchanged(['SUBSCRIBE'], 1))
    expect((await record())?.participants[0]?.seenAt).toBeUndefined()
    await take(published(2))
    expect(told.map(({ name }) => name)).toEqual(['stage.live', 'participant.published'])
  })
})

describe('trouble while somebody is seen for the first time', () => {
  it.each(['published', 'exchanged'] as const)(
    'with the bus fails a message of %s, which tells it again',
    async (kind) => {
      const { take, published, exchanged, granted, faults, record } = await aScene()
      const event = kind === 'published' ? published(1) : exchanged(['SUBSCRIBE'], 1)
      faults.events = down
      await expect(take(event)).rejects.toBe(down)
      expect((await record())?.participants[0]?.seenAt).toBeUndefined()
      delete faults.events
      await take(event)
      expect(granted()).toHaveLength(1)
      expect((await record())?.participants[0]?.seenAt).toBeDefined()
    },
  )

  it.each(['published', 'exchanged'] as const)(
    'with the user’s record fails a message of %s, which tells it again by the same id',
    async (kind) => {
      const { take, published, exchanged, granted, faults } = await aScene()
      const event = kind === 'published' ? published(1) : exchanged(['SUBSCRIBE'], 1)
      faults.participants = down
      await expect(take(event)).rejects.toBe(down)
      delete faults.participants
      await take(event)
      await take(event)
      expect(granted()).toHaveLength(2)
      expect(new Set(granted().map(({ id }) => id)).size).toBe(1)
    },
  )

  it('with the roster leaves who is there to the next delivery', async () => {
    const { take, published, granted, faults, record } = await aScene()
    faults.rosters = down
    await expect(take(published(1))).rejects.toBe(down)
    delete faults.rosters
    await take(published(1))
    expect((await record())?.connected.main).toEqual(['p1'])
    expect(new Set(granted().map(({ id }) => id)).size).toBe(1)
  })
})
