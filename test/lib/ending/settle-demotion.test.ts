import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Demotion } from '../../../lib/ending/ending.ts'
import type { Trace } from '../../../lib/ending/lookout.ts'
import { recordedIn } from '../../../lib/ending/recorded.ts'
import { type Recorded, settleDemotion } from '../../../lib/ending/settle-demotion.ts'
import { Fault } from '../../../lib/fault.ts'
import type { Capability } from '../../../lib/grant/role.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../../lib/participant/user-record.ts'
import { aDemotion, anAftermath, IN_AN_HOUR, place } from '../../support/endings.ts'
import { createMemoryParticipantStore } from '../../support/memory-participant-store.ts'
import { aParticipant, T0 } from '../../support/participants.ts'

const SUBSCRIBE: readonly Capability[] = ['SUBSCRIBE']
const BOTH: readonly Capability[] = ['PUBLISH', 'SUBSCRIBE']
/** The right was lowered at `T0`. */
const at = (seconds: number): number => T0 + seconds * 1000
const there = { connected: true, publishing: false, joinedAt: at(-60) }

function settled(recorded: Recorded | undefined, trace: Trace | undefined, demotion: Demotion = aDemotion()) {
  const made = anAftermath()
  const order: string[] = []
  const asked: string[] = []
  const { endings } = made
  const deps = {
    seats: made.deps.seats,
    lookout: {
      async traceOf(_: string, id: string) {
        asked.push(id)
        return trace
      },
    },
    endings: {
      ...endings,
      async send(all: Parameters<typeof endings.send>[0]) {
        order.push('sent')
        await endings.send(all)
      },
    },
    recorded: async () => recorded,
    end: async () => {
      order.push('ended')
    },
  }
  return { ...made, order, asked, deps, settle: () => settleDemotion(deps, demotion) }
}

describe('at a demotion’s deadline', () => {
  it.each<[string, Recorded, Trace | undefined, 'stays' | 'ends']>([
    ['it exchanged to what it may do', { capabilities: SUBSCRIBE }, { ...there, exchangedTo: SUBSCRIBE }, 'stays'],
    ['it exchanged to less', { capabilities: SUBSCRIBE }, { ...there, exchangedTo: [] }, 'stays'],
    ['it did nothing', { capabilities: SUBSCRIBE }, there, 'ends'],
    ['it publishes still', { capabilities: SUBSCRIBE }, { ...there, publishing: true }, 'ends'],
    [
      'it exchanged to a token made before, which allows more',
      { capabilities: SUBSCRIBE, renewedAt: at(5) },
      { ...there, exchangedTo: BOTH },
      'ends',
    ],
    [
      'it publishes, whatever it exchanged to',
      { capabilities: SUBSCRIBE, renewedAt: at(5) },
      { ...there, publishing: true, exchangedTo: SUBSCRIBE },
      'ends',
    ],
    ['it never was there', { capabilities: SUBSCRIBE }, undefined, 'ends'],
    ['it never was there, and has a new token', { capabilities: SUBSCRIBE, renewedAt: at(5) }, undefined, 'stays'],
    [
      'it has left, and has a new token',
      { capabilities: SUBSCRIBE, renewedAt: at(5) },
      { ...there, connected: false },
      'stays',
    ],
    ['it has left, and has no new token', { capabilities: SUBSCRIBE }, { ...there, connected: false }, 'ends'],
    [
      'it has a new token, and joined with it',
      { capabilities: SUBSCRIBE, renewedAt: at(5) },
      { ...there, joinedAt: at(6) },
      'stays',
    ],
    [
      'it has a new token, and joined with it by a clock two seconds behind',
      { capabilities: SUBSCRIBE, renewedAt: at(5) },
      { ...there, joinedAt: at(3) },
      'stays',
    ],
    [
      'it has a new token, and joined with an older one',
      { capabilities: SUBSCRIBE, renewedAt: at(5) },
      { ...there, joinedAt: at(2.9) },
      'ends',
    ],
    ['it was demoted again to even less', { capabilities: [] }, { ...there, exchangedTo: SUBSCRIBE }, 'ends'],
    ['it was raised again', { capabilities: BOTH }, { ...there, publishing: true }, 'stays'],
  ])('%s: %4$s', async (_, recorded, trace, expected) => {
    const { settle, order } = settled(recorded, trace)
    await settle()
    expect(order).toEqual(expected === 'ends' ? ['ended', 'sent'] : [])
  })

  it.each<[string, Recorded | undefined]>([
    ['one that has ended', undefined],
    ['one that was raised again', { capabilities: BOTH }],
    ['one whose deadline is still to come', { capabilities: SUBSCRIBE, putOffSeconds: 9 }],
  ])('IVS is not asked about %s', async (_, recorded) => {
    const { settle, asked, order } = settled(recorded, { ...there, publishing: true })
    await settle()
    expect([asked, order]).toEqual([[], []])
  })

  it('that is not yet, the demotion is looked at again then', async () => {
    const { settle, demoted } = settled({ capabilities: SUBSCRIBE, putOffSeconds: 9 }, there)
    await settle()
    expect(demoted).toEqual([aDemotion({ deadlineSeconds: 9 })])
  })

  it('a seat is kept by who was raised again while IVS was asked', async () => {
    const { deps, freed } = settled(undefined, undefined)
    const recorded: Recorded[] = [{ capabilities: SUBSCRIBE }, { capabilities: BOTH }]
    const lookout = { traceOf: async () => ({ ...there, exchangedTo: SUBSCRIBE }) }
    await settleDemotion({ ...deps, lookout, recorded: async () => recorded.shift() }, aDemotion())
    expect(freed).toEqual([])
  })

  it('a seat that was given up is free, and one that may be needed is kept', async () => {
    const obedient = { ...there, exchangedTo: SUBSCRIBE }
    const { settle, freed } = settled({ capabilities: SUBSCRIBE }, obedient)
    await settle()
    expect(freed).toEqual(['p1'])
    const subscriber = settled({ capabilities: SUBSCRIBE }, obedient, aDemotion({ freesSeat: false }))
    await subscriber.settle()
    expect(subscriber.freed).toEqual([])
  })

  it('puts out who did not obey, with all that is known of them', async () => {
    const { settle, sent } = settled({ capabilities: SUBSCRIBE }, there)
    await settle()
    expect(sent).toEqual([
      {
        ...{ ...place, participantId: 'p1', userId: 'ada', freesSeat: true, expiresAt: IN_AN_HOUR },
        ...{ reason: 'demoted', priority: 'demotion' },
      },
    ])
  })

  it('ends nobody whom IVS could not be asked about', async () => {
    const { deps, order } = settled({ capabilities: SUBSCRIBE }, there)
    const fault = new Fault('ivs_error', 'test')
    const traceOf = async () => {
      throw fault
    }
    await expect(settleDemotion({ ...deps, lookout: { ...deps.lookout, traceOf } }, aDemotion())).rejects.toBe(fault)
    expect(order).toEqual([])
  })

  it('is told again where the ending could not be sent, though it has ended in the books by then', async () => {
    const participants = createMemoryParticipantStore()
    const demotion = aDemotion()
    const one = aParticipant('p1', { role: 'viewer', capabilities: SUBSCRIBE })
    const record = { ...emptyRecord(1), version: T0, participants: [one], live: { main: [one.id], screen: [] } }
    await participants.save(demotion, record, undefined)
    const { deps, faults, sent } = settled(undefined, there)
    const settle = () => settleDemotion({ ...deps, ...recordedIn(participants, () => at(15)) }, demotion)
    faults.endings = new Fault('storage_unavailable', 'test')
    await expect(settle()).rejects.toBe(faults.endings)
    expect((await participants.load(demotion))?.participants[0]).toMatchObject({ ended: 'demoted' })
    delete faults.endings
    await settle()
    expect(sent).toMatchObject([{ participantId: 'p1', reason: 'demoted' }])
  })
})

describe('what is recorded of a demoted participant', () => {
  const recordedOf = async (one: Partial<Participant>, changes: Partial<UserRecord> = {}) => {
    const participants = createMemoryParticipantStore()
    const participant = aParticipant('p1', one)
    const live = { main: [participant.id], screen: [] }
    const record = { ...emptyRecord(1), version: T0, participants: [participant], live, ...changes }
    await participants.save(aDemotion(), record, undefined)
    return recordedIn(participants, () => at(15)).recorded(aDemotion())
  }
  const grace = { capabilities: BOTH, until: at(15) }
  const renewed = { refreshedAt: at(5), grace: { ...grace, refreshedAt: at(-5) } }
  const nobodyLive = { live: { main: [], screen: [] } }

  it.each<[string, Partial<Participant>, Partial<UserRecord>, Recorded | undefined]>([
    [
      'it is live, and has a token made since',
      renewed,
      {},
      { capabilities: SUBSCRIBE, renewedAt: at(5), ended: false },
    ],
    [
      'it had its last token before',
      { ...renewed, refreshedAt: at(-5) },
      {},
      { capabilities: SUBSCRIBE, ended: false },
    ],
    [
      'it had its last token before, by a clock that is far ahead',
      { refreshedAt: at(900), grace: { ...grace, refreshedAt: at(900) } },
      {},
      { capabilities: SUBSCRIBE, ended: false },
    ],
    [
      'it has a token made since, by a clock that is far behind',
      { refreshedAt: at(-900), grace },
      {},
      { capabilities: SUBSCRIBE, renewedAt: at(-900), ended: false },
    ],
    ['its token expired, which ends nobody', { expiresAt: T0 / 1000 }, {}, { capabilities: SUBSCRIBE, ended: false }],
    [
      'it was raised since, and lowered again with a later deadline',
      { grace: { ...grace, until: at(17.1) } },
      {},
      { capabilities: SUBSCRIBE, ended: false, putOffSeconds: 3 },
    ],
    ['it has ended as demoted', { ended: 'demoted' }, nobodyLive, { capabilities: SUBSCRIBE, ended: true }],
    ['it has left', { ended: 'left' }, nobodyLive, undefined],
    ['it was kicked', {}, { putOut: { at: T0, as: 'kicked' } }, undefined],
    ['it was replaced', {}, nobodyLive, undefined],
    ['its seat lapsed', { ended: 'lapsed' }, nobodyLive, undefined],
    ['it is no more', {}, { participants: [] }, undefined],
  ])('%s', async (_, one, changes, expected) => {
    expect(await recordedOf(one, changes)).toEqual(expected)
  })
})

/** IVS's clock is `skew` milliseconds ahead of ours. */
const joinedBy = (skew: number, joined: number): Trace => ({ ...there, joinedAt: at(0) + joined + skew })
const skew = fc.integer({ min: -2_000, max: 2_000 })

describe('whatever two seconds lie between IVS’s clock and ours', () => {
  const outcome = async (renewed: number, trace: Trace): Promise<string> => {
    const { settle, order } = settled({ capabilities: SUBSCRIBE, renewedAt: at(0) + renewed }, trace)
    await settle()
    return order.length === 0 ? 'stays' : 'ends'
  }

  it('who joined with the token made since stays', () =>
    fc.assert(
      fc.asyncProperty(skew, fc.nat(15_000), fc.nat(15_000), async (ahead, renewed, later) => {
        expect(await outcome(renewed, joinedBy(ahead, renewed + later))).toBe('stays')
      }),
    ))

  it('who was there before, and never exchanged, is ended', () =>
    fc.assert(
      fc.asyncProperty(
        skew,
        fc.nat(15_000),
        fc.integer({ min: 4_001, max: 900_000 }),
        async (ahead, renewed, before) => {
          expect(await outcome(renewed, joinedBy(ahead, renewed - before))).toBe('ends')
        },
      ),
    ))
})
