import type { BusEvent } from '../../../local/events/event.ts'

/** What IVS says of a participant, with its id after its name. */
export const anEvent = (name = 'Participant Published', given: Partial<BusEvent> = {}): BusEvent => ({
  version: '0',
  id: name,
  'detail-type': 'IVS Stage Update',
  source: 'aws.ivs',
  account: '123456789012',
  time: '2026-11-21T00:00:00Z',
  region: 'us-east-1',
  resources: ['arn:aws:ivs:us-east-1:123456789012:stage/abcdefghijkl'],
  detail: {
    event_name: name,
    session_id: 'st-1',
    participant_id: 'p1',
    user_id: 'u',
    event_time: '2026-11-21T00:00:00Z',
  },
  ...given,
})
