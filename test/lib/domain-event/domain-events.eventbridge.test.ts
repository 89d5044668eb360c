import { beforeEach, describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../lib/domain-event/domain-event.ts'
import { createDomainEvents } from '../../../lib/domain-event/domain-events.eventbridge.ts'
import { batchesOf, entryOf } from '../../../lib/domain-event/entry.ts'
import type { ParticipantId, StageId, StageUid, UserId } from '../../../lib/ids.ts'
import { type AwsAnswer, standInForAws } from '../../support/aws-endpoint.ts'
import { T0 } from '../../support/participants.ts'

const stage = { stageId: 'demo' as StageId, stageUid: 'uid1' as StageUid }
const banned = (id: string, until?: string): DomainEvent => ({
  ...{ name: 'user.banned', id, at: T0, ...stage, userId: 'ada' as UserId, by: 'bob' },
  ...(until !== undefined && { until }),
})

interface Put {
  readonly EventBusName: string
  readonly DetailType: string
  readonly Source: string
  readonly Detail: string
}

let calls: Put[][] = []
let answers: ((entries: readonly Put[]) => AwsAnswer)[] = []
const taken = (entries: readonly Put[]): AwsAnswer => ({
  status: 200,
  body: { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: `event-${index}` })) },
})
const leaving =
  (behind: readonly number[]) =>
  (entries: readonly Put[]): AwsAnswer => ({
    status: 200,
    body: {
      FailedEntryCount: behind.length,
      Entries: entries.map((_, index) =>
        behind.includes(index) ? { ErrorCode: 'ThrottlingException' } : { EventId: `event-${index}` },
      ),
    },
  })

standInForAws('AWS_ENDPOINT_URL_EVENTBRIDGE', ({ body }) => {
  const entries = body.Entries as Put[]
  calls.push(entries)
  return (answers.shift() ?? taken)(entries)
})

const waited: number[] = []
const open = () =>
  createDomainEvents({ busName: 'our-bus', wait: async (ms) => void waited.push(ms), random: () => 0.5 })
const idsOf = (entries: readonly Put[] | undefined): string[] =>
  (entries ?? []).map(({ Detail }) => (JSON.parse(Detail) as { id: string }).id)

beforeEach(() => {
  calls = []
  answers = []
  waited.length = 0
})

describe('an event on the bus', () => {
  it('has its name as detail type and everything else as detail', () => {
    const event: DomainEvent = {
      ...{ name: 'participant.ended', id: 'e1', at: T0, ...stage, reason: 'banned' },
      participantId: 'p1' as ParticipantId,
    }
    const { Detail, ...entry } = entryOf(event)
    expect(entry).toEqual({ Source: 'stagedoor', DetailType: 'participant.ended', Time: new Date(T0) })
    expect(JSON.parse(Detail)).toEqual({
      ...{ id: 'e1', at: new Date(T0).toISOString(), ...stage, participantId: 'p1', reason: 'banned' },
    })
  })

  it('goes to our own bus', async () => {
    await open().publish([banned('one')])
    expect(calls).toEqual([[expect.objectContaining({ EventBusName: 'our-bus', DetailType: 'user.banned' })]])
  })
})

describe('many at once', () => {
  it('go ten at a time, in order', async () => {
    const ids = Array.from({ length: 23 }, (_, index) => `e${index}`)
    await open().publish(ids.map((id) => banned(id)))
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 3])
    expect(calls.flatMap(idsOf)).toEqual(ids)
  })

  it('never weigh more than 256 KB together', () => {
    const large = Array.from({ length: 5 }, (_, index) => entryOf(banned(`e${index}`, 'x'.repeat(100_000))))
    expect(batchesOf(large).map((batch) => batch.length)).toEqual([2, 2, 1])
  })

  it('make no call where there are none', async () => {
    await open().publish([])
    expect(calls).toEqual([])
  })
})

describe('a bus in trouble', () => {
  it('is given again only what it left behind', async () => {
    answers = [leaving([1, 2]), leaving([0])]
    await open().publish([banned('a'), banned('b'), banned('c')])
    expect(calls.map(idsOf)).toEqual([['a', 'b', 'c'], ['b', 'c'], ['b']])
    expect(waited).toHaveLength(2)
    expect(waited[1]).toBeGreaterThan(waited[0] ?? 0)
  })

  it('that goes on leaving some is a fault to retry', async () => {
    answers = Array.from({ length: 9 }, () => leaving([0]))
    await expect(open().publish([banned('a')])).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(calls.length).toBeLessThanOrEqual(3)
  })

  it('that refuses is a fault, without a word of the event in it', async () => {
    answers = [() => ({ status: 400, errorType: 'ResourceNotFoundException', body: { message: 'secret' } })]
    const failed = await open()
      .publish([banned('a')])
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'storage_unavailable' })
    expect(String(failed)).not.toMatch(/secret|ada|bob/)
  })
})
