import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStageEvent } from '../../../lib/event/parse-stage-event.ts'
import { saidBy } from '../../../lib/event/said.ts'

const STAGE = 'arn:aws:ivs:eu-west-1:123456789012:stage/abcdABCDefgh'
const token = (attributes: object) => ({
  capabilities: ['SUBSCRIBE'],
  attributes,
  expiration_time: '2026-11-21T10:00:00Z',
})
const exchange = {
  ...{ session_id: 'st-1', event_name: 'Token Exchanged', event_time: '2026-11-21T09:00:05Z', participant_id: 'p1' },
  ...{ user_id: 'ada', previous_token: token({}), new_token: token({ hand: 'up' }) },
}
const saidOf = (detail: object, envelope: object = {}): string => {
  const event = parseStageEvent({
    ...{ version: '0', id: 'one', 'detail-type': 'IVS Stage Update', source: 'aws.ivs', account: '123456789012' },
    ...{ time: '2026-11-21T09:00:07Z', region: 'eu-west-1', resources: [STAGE], detail, ...envelope },
  })
  if (!event.ok) throw new Error(event.refusal)
  return saidBy(event.value)
}

describe('what an event says', () => {
  it('is the same under another envelope, and in whatever order the names stand', () => {
    const names = fc.shuffledSubarray(Object.entries(exchange), { minLength: Object.keys(exchange).length })
    fc.assert(
      fc.property(names, fc.string(), (entries, id) => {
        expect(saidOf(Object.fromEntries(entries), { id })).toBe(saidOf(exchange))
      }),
    )
  })

  it.each<[string, object, object?]>([
    ['attributes', { ...exchange, new_token: token({ hand: 'down' }) }],
    ['an expiry', { ...exchange, new_token: { ...token({ hand: 'up' }), expiration_time: '2026-11-21T10:00:01Z' } }],
    ['something nobody knew of', { ...exchange, mood: 'good' }],
    ['a resource', exchange, { resources: [`${STAGE}2`] }],
  ])('is another where it is another of %s', (_, detail, envelope) => {
    expect(saidOf(detail, envelope)).not.toBe(saidOf(exchange))
  })

  it('is short, and holds nothing that was said', () => {
    expect(saidOf(exchange)).toMatch(/^[0-9a-f]{16}$/)
  })
})
