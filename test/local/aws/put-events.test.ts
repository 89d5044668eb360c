import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { toldDuring } from '../../support/told.ts'
import { type FixtureTwin, startFixture } from '../fixture-twin.ts'

let at: FixtureTwin
beforeAll(async () => {
  at = await startFixture()
})
afterAll(() => at.stop())
afterEach(() => at.twin.local('DELETE', '/faults'))

describe('PutEvents', () => {
  interface Answer {
    readonly error?: string
    readonly FailedEntryCount?: number
    readonly Entries?: readonly { readonly EventId?: string; readonly ErrorCode?: string }[]
  }
  /** As the function puts them. */
  async function tell(entries: readonly object[], bus?: string): Promise<Answer> {
    const body = JSON.stringify({ entries, bus })
    const response = await fetch(`${at.twin.api}/do/tell`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain' },
    })
    return (await response.json()) as Answer
  }
  const entry = { Detail: '{"n":1}' }

  it('puts events on the bus, where a rule takes them and a test can see them', async () => {
    let answer: Answer = {}
    const entries = await toldDuring(at.twin, async () => {
      answer = await tell([
        { ...entry, Resources: ['r'] },
        { ...entry, Source: 'other' },
      ])
    })
    expect(answer.FailedEntryCount).toBe(0)
    expect(entries.map(({ event }) => event.id)).toEqual(answer.Entries?.map(({ EventId }) => EventId))
    expect(entries[0]).toMatchObject({
      bus: 'fixture-local',
      event: {
        source: 'own',
        'detail-type': 'told',
        detail: { n: 1 },
        resources: ['r'],
        account: '123456789012',
        region: 'us-east-1',
      },
    })
    const taken = await at.receive('OwnQueue')
    expect(taken.map(({ Body }) => JSON.parse(Body ?? ''))).toEqual([entries[0]?.event])
    const ledger = await at.twin.local<{ entries: { service: string; operation: string; function?: string }[] }>(
      'GET',
      '/ledger',
    )
    expect(ledger.entries).toContainEqual(
      expect.objectContaining({ service: 'eventbridge', operation: 'PutEvents', function: 'echo' }),
    )
  })

  it('is shut to a function whose role does not name the bus', async () => {
    expect(await tell([entry], 'default')).toEqual({ error: 'AccessDeniedException' })
    expect(await tell([{ ...entry }, { ...entry, EventBusName: 'default' }])).toEqual({
      error: 'AccessDeniedException',
    })
  })

  it('takes some entries and leaves others behind', async () => {
    await at.twin.local('POST', '/faults', {
      target: 'eventbridge',
      mode: 'partial',
      operation: 'told',
      skip: 1,
      count: 1,
    })
    let answer: Answer = {}
    const entries = await toldDuring(at.twin, async () => {
      answer = await tell([entry, entry, entry])
    })
    expect(answer.FailedEntryCount).toBe(1)
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, 'InternalFailure', undefined])
    expect(entries).toHaveLength(2)
  })

  it.each([
    ['error', 'InternalException'],
    ['throttle', 'ThrottlingException'],
  ])('fails whole: %s', async (mode, error) => {
    await at.twin.local('POST', '/faults', { target: 'eventbridge', operation: 'PutEvents', mode })
    expect(await tell([entry])).toEqual({ error })
  })

  const put = (...Entries: readonly object[]) =>
    at.eventBridge.send(
      new PutEventsCommand({ Entries: Entries.map((one) => ({ Source: 'own', DetailType: 't', ...one })) }),
    )

  it.each<[string, object, string]>([
    ['no detail', {}, 'InvalidArgument'],
    ['no source', { ...entry, Source: '' }, 'InvalidArgument'],
    ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
    ['the source of a service', { ...entry, Source: 'aws.ivs' }, 'NotAuthorizedForSourceException'],
    ['a bus that is not there', { ...entry, EventBusName: 'none' }, 'InvalidArgument'],
  ])('refuses an entry with %s, and takes the others', async (_, one, code) => {
    const entries = await toldDuring(at.twin, async () => {
      const { FailedEntryCount, Entries } = await put(one, entry)
      expect([FailedEntryCount, Entries?.[0]?.ErrorCode, Entries?.[1]?.ErrorCode]).toEqual([1, code, undefined])
    })
    expect(entries).toHaveLength(1)
  })

  it.each<[string, readonly object[]]>([
    ['no entry', []],
    ['eleven entries', Array.from({ length: 11 }, () => entry)],
    ['too much', [{ Detail: JSON.stringify({ n: 'x'.repeat(262_144) }) }]],
  ])('refuses a call with %s', async (_, entries) => {
    await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('knows a bus by its ARN, and gives an event its own time', async () => {
    const EventBusName = `arn:aws:events:us-east-1:123456789012:event-bus/fixture-local`
    const entries = await toldDuring(at.twin, () =>
      put({ ...entry, EventBusName, Time: new Date('2026-01-02T03:04:05.678Z') }),
    )
    expect(entries).toMatchObject([{ bus: 'fixture-local', event: { time: '2026-01-02T03:04:05Z' } }])
  })
})
