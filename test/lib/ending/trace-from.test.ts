import type { Event, EventName } from '@aws-sdk/client-ivs-realtime'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { traceFrom } from '../../../lib/ending/lookout.ivs.ts'
import { T0 } from '../../support/participants.ts'

const event = (name: EventName, seconds: number, rest: Partial<Event> = {}): Event => ({
  name,
  eventTime: new Date(T0 + seconds * 1000),
  ...rest,
})
const exchanged = (seconds: number, ...capabilities: readonly ('PUBLISH' | 'SUBSCRIBE')[]): Event =>
  event('TOKEN_EXCHANGED', seconds, { newToken: { capabilities: [...capabilities] } })

const life = [
  event('JOINED', 1),
  event('PUBLISH_STARTED', 2),
  exchanged(3, 'SUBSCRIBE'),
  event('PUBLISH_STOPPED', 4),
  event('LEFT', 5),
  event('JOINED', 6),
  event('PUBLISH_STARTED', 7),
  exchanged(8, 'PUBLISH', 'SUBSCRIBE'),
]

describe('traceFrom', () => {
  it.each<[string, boolean, readonly Event[], object]>([
    ['nothing was seen', false, [], { connected: false, publishing: false }],
    ['it watches', true, life.slice(0, 1), { connected: true, publishing: false, joinedAt: T0 + 1_000 }],
    ['it publishes', true, life.slice(0, 2), { connected: true, publishing: true, joinedAt: T0 + 1_000 }],
    [
      'it stopped',
      true,
      life.slice(0, 4),
      { connected: true, publishing: false, joinedAt: T0 + 1_000, exchangedTo: ['SUBSCRIBE'] },
    ],
    [
      'it came again',
      true,
      life,
      { connected: true, publishing: true, joinedAt: T0 + 6_000, exchangedTo: ['PUBLISH', 'SUBSCRIBE'] },
    ],
    [
      'who is off does not publish, also where nothing says that they stopped',
      false,
      life.slice(0, 2),
      { connected: false, publishing: false, joinedAt: T0 + 1_000 },
    ],
    [
      'what a newer IVS says is passed over',
      true,
      [
        event('JOINED', 1),
        { name: 'WAVED' as EventName, eventTime: new Date(T0 + 9_000) },
        { eventTime: new Date(T0) },
      ],
      { connected: true, publishing: false, joinedAt: T0 + 1_000 },
    ],
    [
      'an exchange to nothing allows nothing',
      true,
      [exchanged(1), event('TOKEN_EXCHANGED', 0)],
      { connected: true, publishing: false, exchangedTo: [] },
    ],
  ])('%s', (_, connected, events, expected) => {
    expect(traceFrom(connected, events)).toEqual(expected)
  })

  it('is the same in whatever order IVS lists them', () => {
    const shuffled = fc.shuffledSubarray(life, { minLength: life.length })
    fc.assert(
      fc.property(shuffled, (events) => {
        expect(traceFrom(true, events)).toEqual(traceFrom(true, life))
      }),
    )
  })
})
