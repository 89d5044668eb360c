import { describe, expect, it } from 'vitest'
import { refreshable, renewed } from '../../../lib/participant/refresh.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../../lib/participant/user-record.ts'
import { aParticipant, participantId, T0 } from '../../support/participants.ts'

const SECONDS = T0 / 1000
const id = participantId('p')
const withOne = (participant: Partial<Participant>, changes: Partial<UserRecord> = {}): UserRecord => ({
  ...emptyRecord(1),
  version: 1,
  participants: [aParticipant('p', { mintedAt: T0 - 60_000, ...participant })],
  live: { main: [id], screen: [] },
  ...changes,
})

describe('whether a participant may be refreshed', () => {
  it.each<[string, UserRecord | undefined, object | undefined]>([
    ['live', withOne({}), undefined],
    ['no record', undefined, { code: 'participant_not_found' }],
    ['another id', { ...withOne({}), participants: [aParticipant('q')] }, { code: 'participant_not_found' }],
    ['a placeholder', withOne({ reserved: true }), { code: 'participant_not_found' }],
    [
      'made by IVS',
      (({ keyId: _, ...one }) => ({ ...withOne({}), participants: [one] }))(aParticipant('p')),
      { code: 'exchange_unsupported' },
    ],
    ['left', withOne({ ended: 'left' }), { code: 'participant_ended', reason: 'left' }],
    [
      'kicked',
      withOne({}, { putOut: { at: T0 - 60_000, as: 'kicked' } }),
      { code: 'participant_ended', reason: 'kicked' },
    ],
    ['minted after the kick', withOne({}, { putOut: { at: T0 - 60_001, as: 'kicked' } }), undefined],
    ['banned', withOne({}, { putOut: { at: T0, as: 'banned' } }), { code: 'participant_ended', reason: 'banned' }],
    ['replaced', withOne({}, { live: { main: [], screen: [] } }), { code: 'participant_ended', reason: 'replaced' }],
    ['expired', withOne({ expiresAt: SECONDS }), { code: 'participant_ended', reason: 'lapsed' }],
    ['in its last second', withOne({ expiresAt: SECONDS + 1 }), undefined],
    ['of before a reset', withOne({}, { generation: 0 }), { code: 'participant_ended', reason: 'lapsed' }],
    ['refreshed 6 s ago', withOne({ refreshedAt: T0 - 6_000 }), undefined],
    ['refreshed 5.9 s ago', withOne({ refreshedAt: T0 - 5_900 }), { code: 'rate_limited', retryAfterSeconds: 1 }],
    ['refreshed by a clock ahead', withOne({ refreshedAt: T0 + 500 }), { code: 'rate_limited', retryAfterSeconds: 7 }],
    ['refreshed by this very request', withOne({ refreshedAt: T0 }), undefined],
  ])('%s', (_label, record, refusal) => {
    const answer = refreshable(record, id, 1, 6, T0)
    expect(answer.ok ? undefined : answer.refusal).toEqual(refusal)
  })
})

describe('a renewed participant', () => {
  const renewal = {
    role: 'speaker',
    capabilities: ['PUBLISH', 'SUBSCRIBE'] as const,
    narrowing: {},
    attributes: { displayName: 'Ada' },
    keyId: 'key2',
  }

  it.each([
    ['later', SECONDS + 20_000, SECONDS + 20_000],
    ['earlier', SECONDS + 60, SECONDS + 180 * 60 - 60],
  ])('an expiry that is %s', (_label, expiresAt, stored) => {
    const record = withOne({})
    const [before] = record.participants
    if (before === undefined) throw new Error('there is one')
    const { participant, record: next } = renewed(record, before, { ...renewal, expiresAt }, T0)
    expect(participant).toEqual({ ...before, ...renewal, expiresAt: stored, refreshedAt: T0 })
    expect(next).toMatchObject({ version: 2, participants: [participant] })
  })
})
