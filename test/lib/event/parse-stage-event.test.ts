import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInstant } from '../../../lib/event/instant.ts'
import { parseStageEvent } from '../../../lib/event/parse-stage-event.ts'

const STAGE = 'arn:aws:ivs:eu-west-1:123456789012:stage/abcdABCDefgh'
const AT = Date.parse('2026-11-21T09:00:05Z') * 1000

const envelope = (type: string, detail: object, changes: object = {}) => ({
  version: '0',
  id: '12345678-1a23-4567-a1bc-1a2b34567890',
  'detail-type': type,
  source: 'aws.ivs',
  account: '123456789012',
  time: '2026-11-21T09:00:07Z',
  region: 'eu-west-1',
  resources: [STAGE],
  detail,
  ...changes,
})
const stageUpdate = (name: string, detail: object = {}) =>
  envelope('IVS Stage Update', {
    session_id: 'st-1a2b3c4d5e6f7',
    event_name: name,
    event_time: '2026-11-21T09:00:05Z',
    user_id: 'ada',
    participant_id: 'xYz1c2d3e4f',
    ...detail,
  })
const base = {
  ...{ id: '12345678-1a23-4567-a1bc-1a2b34567890', stageArn: STAGE, at: AT, precise: false },
  detail: expect.any(String),
}
const ofParticipant = {
  ...base,
  sessionId: 'st-1a2b3c4d5e6f7',
  participantId: 'xYz1c2d3e4f',
  userId: 'ada',
  replica: false,
}

const tomorrow = { kind: 'unknown', sessionId: 'st-1a2b3c4d5e6f7', participantId: 'xYz1c2d3e4f' }

describe('parseStageEvent', () => {
  it.each([
    ['published, as it was in 2025', stageUpdate('Participant Published'), { ...ofParticipant, kind: 'published' }],
    [
      'published, with a precise instant',
      stageUpdate('Participant Published', { event_time_precise: '2026-11-21T09:00:05.123456Z' }),
      { ...ofParticipant, kind: 'published', at: AT + 123_456, precise: true },
    ],
    ['unpublished', stageUpdate('Participant Unpublished'), { ...ofParticipant, kind: 'unpublished' }],
    [
      'a replica, of no user',
      stageUpdate('Participant Published', {
        user_id: '',
        replica: true,
        source_stage_arn: 'arn',
        source_session_id: 's',
      }),
      { ...base, sessionId: 'st-1a2b3c4d5e6f7', participantId: 'xYz1c2d3e4f', replica: true, kind: 'published' },
    ],
    [
      'a publish error, to the nanosecond',
      stageUpdate('Participant Publish Error', {
        event_time: '2026-11-21T09:00:05.000001999Z',
        error_code: 'BITRATE_EXCEEDED',
      }),
      { ...ofParticipant, kind: 'publish_error', at: AT + 1, precise: true, errorCode: 'BITRATE_EXCEEDED' },
    ],
    [
      'a replication',
      stageUpdate('Participant Replication Start', { destination_stage_arn: 'd', destination_session_id: 'ds' }),
      { ...ofParticipant, kind: 'replication_started', destinationStageArn: 'd', destinationSessionId: 'ds' },
    ],
    ['the end of one', stageUpdate('Participant Replication End'), { ...ofParticipant, kind: 'replication_ended' }],
    [
      'an exchange',
      stageUpdate('Token Exchanged', {
        previous_token: {
          capabilities: ['PUBLISH', 'SUBSCRIBE'],
          attributes: { a: 'b' },
          user_id: 'ada',
          expiration_time: '2026-11-21T10:00:00Z',
        },
        new_token: {
          capabilities: ['SUBSCRIBE'],
          attributes: {},
          user_id: '',
          expiration_time: '2026-11-21T11:00:00Z',
        },
      }),
      {
        ...ofParticipant,
        kind: 'token_exchanged',
        previous: {
          capabilities: ['PUBLISH', 'SUBSCRIBE'],
          userId: 'ada',
          expiresAt: Date.parse('2026-11-21T10:00:00Z') / 1000,
        },
        next: { capabilities: ['SUBSCRIBE'], expiresAt: Date.parse('2026-11-21T11:00:00Z') / 1000 },
      },
    ],
    [
      'a recording, which has no event time',
      envelope('IVS Participant Recording State Change', {
        session_id: 's',
        event_name: 'Recording End',
        participant_id: 'p',
        recording_s3_bucket_name: 'b',
        recording_s3_key_prefix: 'k',
        recording_duration_ms: 7,
      }),
      {
        ...base,
        at: AT + 2_000_000,
        sessionId: 's',
        participantId: 'p',
        replica: false,
        kind: 'recording',
        name: 'Recording End',
        durationMs: 7,
      },
    ],
    [
      'a composition, whose resource is not the stage',
      envelope(
        'IVS Composition State Change',
        { event_name: 'Session Failure', stage_arn: STAGE, error_code: 'StageDeleted', reason: 'x' },
        { resources: ['arn:composition'] },
      ),
      {
        ...base,
        at: AT + 2_000_000,
        kind: 'composition',
        name: 'Session Failure',
        compositionArn: 'arn:composition',
        errorCode: 'StageDeleted',
      },
    ],
    [
      'a destination of a composition',
      envelope(
        'IVS Composition State Change',
        { event_name: 'Destination Start', stage_arn: STAGE, id: 'to-s3' },
        { resources: ['arn:composition'] },
      ),
      {
        ...base,
        at: AT + 2_000_000,
        kind: 'composition',
        name: 'Destination Start',
        compositionArn: 'arn:composition',
        destinationId: 'to-s3',
      },
    ],
    [
      'a name of tomorrow',
      stageUpdate('Participant Waved'),
      { ...base, ...tomorrow, detailType: 'IVS Stage Update', name: 'Participant Waved' },
    ],
    [
      'a name that every object has',
      stageUpdate('constructor'),
      { ...base, ...tomorrow, detailType: 'IVS Stage Update', name: 'constructor' },
    ],
    [
      'a name of tomorrow, of a composition',
      envelope(
        'IVS Composition State Change',
        { event_name: 'Session Pause', stage_arn: STAGE },
        { resources: ['arn:composition'] },
      ),
      {
        ...base,
        at: AT + 2_000_000,
        kind: 'unknown',
        detailType: 'IVS Composition State Change',
        name: 'Session Pause',
      },
    ],
    [
      'a type of tomorrow',
      envelope('IVS Publisher Recording State Change', {}),
      { ...base, at: AT + 2_000_000, kind: 'unknown', detailType: 'IVS Publisher Recording State Change' },
    ],
  ])('reads %s', (_, event, expected) => {
    expect(parseStageEvent(event)).toEqual({ ok: true, value: expected })
  })

  it.each([
    ['nothing', undefined],
    ['no object', 'text'],
    ['another source', { ...stageUpdate('Participant Published'), source: 'aws.ec2' }],
    ['no participant', stageUpdate('Participant Published', { participant_id: undefined })],
    ['no stage', { ...stageUpdate('Participant Published'), resources: [] }],
    ['no instant at all', { ...stageUpdate('Participant Published', { event_time: undefined }), time: 'yesterday' }],
    ['an exchange without its tokens', stageUpdate('Token Exchanged')],
  ])('calls malformed what has %s', (_, event) => {
    expect(parseStageEvent(event)).toEqual({ ok: false, refusal: 'malformed' })
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseStageEvent(value)))
  })
})

describe('parseInstant', () => {
  it.each([
    ['2026-11-21T09:00:05Z', { at: AT, precise: false }],
    ['2026-11-21T09:00:05.3Z', { at: AT + 300_000, precise: true }],
    ['2026-11-21T09:00:05.300000Z', { at: AT + 300_000, precise: true }],
    ['2026-11-21T09:00:05.123456789Z', { at: AT + 123_456, precise: true }],
    ['2026-11-21T09:00:05+01:00', undefined],
    ['2026-13-21T09:00:05Z', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, expected) => {
    expect(parseInstant(text)).toEqual(expected)
  })

  it('orders any two instants as time does, however many digits they have', () => {
    const instant = fc.record({
      second: fc.integer({ min: 0, max: 59 }),
      micros: fc.integer({ min: 0, max: 999_999 }),
      digits: fc.integer({ min: 1, max: 6 }),
    })
    const text = ({ second, micros, digits }: { second: number; micros: number; digits: number }) =>
      `2026-11-21T09:00:${String(second).padStart(2, '0')}.${String(micros).padStart(6, '0').slice(0, digits)}Z`
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        const [first, second] = [parseInstant(text(one)), parseInstant(text(other))]
        const number = (i: typeof one) =>
          i.second * 1e6 + Number(String(i.micros).padStart(6, '0').slice(0, i.digits).padEnd(6, '0'))
        expect(Math.sign((first?.at ?? 0) - (second?.at ?? 0))).toBe(Math.sign(number(one) - number(other)))
      }),
    )
  })
})
