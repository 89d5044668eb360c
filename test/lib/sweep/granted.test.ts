import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../lib/domain-event/domain-event.ts'
import type { Ending } from '../../../lib/ending/ending.ts'
import { Fault } from '../../../lib/fault.ts'
import type { Sighting } from '../../../lib/participant/sighting.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../../lib/participant/user-record.ts'
import { sightPeople } from '../../../lib/sweep/sight-people.ts'
import { isoOfMs, microsOf } from '../../../lib/time.ts'
import { createMemoryParticipantStore } from '../../support/memory-participant-store.ts'
import { aParticipant, participantId, T0, userKey } from '../../support/participants.ts'
import { aStage } from '../../support/stages.ts'

const down = new Fault('storage_unavailable', 'test')
const MARKER = 'somebody’s own words'

/** Ada on a stage with the participants that the test says, and sweeps that look at them. */
async function aSweep(held: readonly Participant[], { tellsGrants = true } = {}) {
  const stage = aStage()
  const key = userKey('ada', stage.uid)
  const place = { stageId: stage.stageId, stageUid: stage.uid, generation: 1 }
  const participants = createMemoryParticipantStore()
  const live = held.filter(({ ended }) => ended === undefined).map(({ id }) => id)
  const record: UserRecord = { ...emptyRecord(1), version: T0, participants: held, live: { main: live, screen: [] } }
  await participants.save(key, record, undefined)
  const [told, endings]: [DomainEvent[], Ending[]] = [[], []]
  const trouble: { bus?: Error; table?: Error } = {}
  const clock = { now: T0 + 60_000 }
  const deps = {
    participants: {
      ...participants,
      save: async (...args: Parameters<typeof participants.save>) => {
        if (trouble.table !== undefined) throw trouble.table
        return participants.save(...args)
      },
    },
    endings: { send: async (some: readonly Ending[]) => void endings.push(...some) },
    events: {
      publish: async (some: readonly DomainEvent[]) => {
        if (trouble.bus !== undefined) throw trouble.bus
        told.push(...some)
      },
    },
    ...{ tellsGrants, clock: () => clock.now },
  }
  const sweep = (ids: readonly string[] = held.map(({ id }) => id), changes: Partial<Sighting> = {}) => {
    clock.now += 45_000
    const sighting = { connected: true, at: microsOf(clock.now), capabilities: [], ...changes }
    return sightPeople(
      deps,
      { stage: place, stageArn: stage.generation.stageArn, asks: 1 },
      ids.map((id) => ({ userId: key.userId, sighting: { ...sighting, id: participantId(id) }, wasThere: false })),
    )
  }
  const change = async (changes: Partial<Participant>): Promise<void> => {
    const before = await participants.load(key)
    if (before === undefined) throw new Error('no record')
    const changed = before.participants.map((one) => ({ ...one, ...changes }))
    await participants.save(key, { ...before, version: before.version + 1, participants: changed }, before)
  }
  const seenAt = async () => (await participants.load(key))?.participants.map((one) => one.seenAt)
  return { stage, told, endings, trouble, clock, sweep, change, seenAt }
}

const speaker = aParticipant('p1', {
  ...{ role: 'speaker', capabilities: ['PUBLISH', 'SUBSCRIBE'], slot: 'main' },
  ...{ attributes: { displayName: MARKER }, requestId: 'r1', right: { role: 'speaker', source: 'login_group' } },
})

describe('whom a sweep sees for the first time', () => {
  it('is told of with what they were granted and when, and nothing else', async () => {
    const { sweep, told, stage, clock } = await aSweep([speaker])
    await sweep()
    expect(told).toEqual([
      {
        ...{ name: 'participant.granted', id: expect.stringMatching(/^[0-9a-f]{32}$/), at: clock.now },
        ...{ stageId: stage.stageId, stageUid: stage.uid, participantId: 'p1', userId: 'ada' },
        ...{ role: 'speaker', slot: 'main', capabilities: ['PUBLISH', 'SUBSCRIBE'], grantedAt: isoOfMs(T0) },
      },
    ])
    expect(JSON.stringify(told)).not.toContain(MARKER)
  })

  it('is told of once, whatever becomes of them', async () => {
    const { sweep, told, change } = await aSweep([speaker])
    await sweep()
    await sweep()
    await change({ refreshedAt: T0 + 70_000, expiresAt: speaker.expiresAt + 600 })
    await sweep()
    await sweep(['p1'], { connected: false })
    await sweep()
    expect(told).toHaveLength(1)
  })

  it('is told of though they are gone again', async () => {
    const { sweep, told } = await aSweep([speaker])
    await sweep(['p1'], { connected: false })
    expect(told).toHaveLength(1)
    await sweep(['p1'], { connected: false })
    expect(told).toHaveLength(1)
  })

  it('is told of by each id they were given', async () => {
    const { sweep, told } = await aSweep([speaker, aParticipant('p2')])
    await sweep()
    expect(told).toMatchObject([
      { participantId: 'p1', role: 'speaker' },
      { participantId: 'p2', role: 'viewer', capabilities: ['SUBSCRIBE'] },
    ])
    expect(new Set(told.map(({ id }) => id)).size).toBe(2)
  })

  it('is told of, put out and not told of again, where they have ended meanwhile', async () => {
    const { sweep, told, endings } = await aSweep([{ ...speaker, ended: 'left' }])
    await sweep()
    await sweep()
    expect(told.map(({ name }) => name)).toEqual(['participant.granted'])
    expect(endings.map(({ reason }) => reason)).toEqual(['left', 'left'])
  })

  it('is not told of where nobody asked for it', async () => {
    const { sweep, told, seenAt } = await aSweep([speaker], { tellsGrants: false })
    await sweep()
    expect(told).toEqual([])
    expect(await seenAt()).toEqual([expect.any(Number)])
  })

  it.each<[string, readonly Participant[], readonly string[]]>([
    ['an id that we never gave them', [speaker], ['stranger']],
    ['a placeholder whose token was never made', [aParticipant('p1', { reserved: true })], ['p1']],
  ])('is not told of: %s', async (_, held, ids) => {
    const { sweep, told } = await aSweep(held)
    await sweep(ids)
    expect(told).toEqual([])
  })
})

describe('trouble while somebody is seen for the first time', () => {
  it('with the bus leaves them unseen, to be told of by the next sweep', async () => {
    const { sweep, told, trouble, seenAt } = await aSweep([speaker])
    trouble.bus = down
    await expect(sweep()).rejects.toBe(down)
    expect(await seenAt()).toEqual([undefined])
    delete trouble.bus
    await sweep()
    expect(told).toHaveLength(1)
  })

  it('with the table after the telling has them told of again, by the same id', async () => {
    const { sweep, told, trouble } = await aSweep([speaker])
    trouble.table = down
    await expect(sweep()).rejects.toBe(down)
    delete trouble.table
    await sweep()
    await sweep()
    expect(told).toHaveLength(2)
    expect(new Set(told.map(({ id }) => id)).size).toBe(1)
  })

  it('an id that is made again after a reset is another grant', async () => {
    const { sweep, told, change } = await aSweep([speaker])
    await sweep()
    await change({ mintedAt: T0 + 1, seenAt: undefined } as unknown as Partial<Participant>)
    await sweep()
    expect(new Set(told.map(({ id }) => id)).size).toBe(2)
  })
})
