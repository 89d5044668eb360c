import { describe, expect, it } from 'vitest'
import { made as make } from './conformance/furnished.ts'
import { exceptionOf, type Room, room } from './room.ts'
import { ACCOUNT, REGION, type Stand, stand } from './stand.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const channelArn = `arn:aws:ivs:${REGION}:${ACCOUNT}:channel/abcd`

interface Scene {
  readonly made: Stand
  readonly r: Room
  readonly encoderArn: string
  readonly storageArn: string
  readonly publisher: string
  readonly bucket: object
  readonly start: (input?: object) => { arn: string; destinations: { id: string }[] }
}

function scene(): Scene {
  const made = stand()
  const r = room(made)
  const encoderArn = make(made, 'CreateEncoderConfiguration', {}, 'encoderConfiguration').arn ?? ''
  const s3 = { bucketName: 'bucket' }
  const storageArn = make(made, 'CreateStorageConfiguration', { s3 }, 'storageConfiguration').arn ?? ''
  const bucket = { s3: { storageConfigurationArn: storageArn, encoderConfigurationArns: [encoderArn] } }
  const publisher = r.enter({ publish: true, input: { duration: 20_160 } })
  made.events.length = 0
  const start = (input: object = {}) => {
    const all = { stageArn: r.stageArn, destinations: [bucket], ...input }
    const { composition } = made.ivs.invoke('StartComposition', all) as {
      composition: { arn: string; destinations: { id: string }[] }
    }
    return composition
  }
  return { made, r, encoderArn, storageArn, publisher, bucket, start }
}

const stateOf = ({ made }: Scene, arn: string) => {
  const gone = exceptionOf(made, 'GetComposition', { arn })
  return gone === 'none' ? make(made, 'GetComposition', { arn }, 'composition').state : gone
}
const told = ({ made }: Scene) =>
  made.events
    .filter((event) => event['detail-type'] === 'IVS Composition State Change')
    .map(({ detail }) => [detail.event_name, detail.error_code].filter(Boolean).join(' '))

describe('a composition', () => {
  it('starts, is active, stops gracefully, and is gone five minutes later', () => {
    const s = scene()
    const { arn, destinations } = s.start()
    expect(stateOf(s, arn)).toBe('STARTING')
    s.made.now += 2 * SECOND
    expect(stateOf(s, arn)).toBe('ACTIVE')
    s.made.ivs.invoke('StopComposition', { arn })
    expect(stateOf(s, arn)).toBe('STOPPING')
    expect(exceptionOf(s.made, 'StopComposition', { arn })).toBe('ConflictException')
    s.made.now += 2 * SECOND
    expect(stateOf(s, arn)).toBe('STOPPED')
    expect(told(s)).toEqual(['Session Start', 'Destination Start', 'Destination End', 'Session End'])
    expect(s.made.events[1]).toMatchObject({
      'detail-type': 'IVS Composition State Change',
      resources: [arn],
      time: '2026-11-21T12:00:02Z',
      detail: { event_name: 'Destination Start', stage_arn: s.r.stageArn, id: destinations[0]?.id },
    })
    expect(s.made.events[0]?.detail).not.toHaveProperty('event_time')
    s.made.now += 5 * MINUTE - 1
    expect(stateOf(s, arn)).toBe('STOPPED')
    s.made.now += 1
    expect(stateOf(s, arn)).toBe('ResourceNotFoundException')
  })

  it('ends after a minute without a publisher, also when none was there at the start', () => {
    const s = scene()
    s.made.ivs.side.unpublish({ participantId: s.publisher })
    const { arn } = s.start()
    s.made.now += MINUTE - 1
    expect(stateOf(s, arn)).toBe('ACTIVE')
    s.made.now += 1 + 2 * SECOND
    expect(stateOf(s, arn)).toBe('STOPPED')
  })

  it('goes on when a publisher is back within the minute, and the next absence counts anew', () => {
    const s = scene()
    const { arn } = s.start()
    const participantId = s.publisher
    s.made.ivs.side.unpublish({ participantId })
    s.made.now += 59 * SECOND
    s.made.ivs.side.publish({ participantId })
    s.made.now += 59 * SECOND
    s.made.ivs.side.unpublish({ participantId })
    s.made.now += 59 * SECOND
    expect(stateOf(s, arn)).toBe('ACTIVE')
    s.made.now += SECOND
    expect(stateOf(s, arn)).toBe('STOPPING')
  })

  it('fails with its stage', () => {
    const s = scene()
    const { arn } = s.start()
    s.made.now += 2 * SECOND
    s.made.ivs.invoke('DeleteStage', { arn: s.r.stageArn })
    expect(stateOf(s, arn)).toBe('FAILED')
    expect(told(s).at(-1)).toBe('Session Failure StageDeleted')
  })

  it('ends after 24 hours', () => {
    const s = scene()
    const { arn } = s.start()
    s.made.now += 23 * 60 * MINUTE
    s.made.ivs.side.unpublish({ participantId: s.publisher })
    s.made.ivs.side.publish({ participantId: s.publisher })
    expect(stateOf(s, arn)).toBe('ACTIVE')
    s.made.now += 60 * MINUTE
    expect(stateOf(s, arn)).toBe('STOPPING')
  })

  it('is started once for one idempotency token', () => {
    const s = scene()
    const first = s.start({ idempotencyToken: 'one' })
    expect(s.start({ idempotencyToken: 'one' }).arn).toBe(first.arn)
    const other = { stageArn: s.r.stageArn, destinations: [s.bucket], idempotencyToken: 'one', tags: { a: 'b' } }
    expect(exceptionOf(s.made, 'StartComposition', other)).toBe('ConflictException')
    expect(s.start({ idempotencyToken: 'two' }).arn).not.toBe(first.arn)
  })

  it('survives one of two destinations, not both', () => {
    const s = scene()
    const { arn, destinations } = s.start({ destinations: [{ channel: { channelArn } }, s.bucket] })
    s.made.now += 2 * SECOND
    const [channel = '', bucket = ''] = destinations.map(({ id }) => id)
    const turn = (destinationId: string, state: 'RECONNECTING' | 'FAILED') =>
      s.made.ivs.side.destination({ compositionArn: arn, destinationId, state, errorCode: 'AccessDeniedException' })
    turn(channel, 'RECONNECTING')
    turn(channel, 'FAILED')
    expect(stateOf(s, arn)).toBe('ACTIVE')
    turn(bucket, 'FAILED')
    expect(stateOf(s, arn)).toBe('FAILED')
    expect(told(s).slice(3)).toEqual([
      'Destination Reconnecting',
      'Destination Failure AccessDeniedException',
      'Destination Failure AccessDeniedException',
      'Session Failure DestinationFailure',
    ])
  })

  it('cannot have a channel that another one streams to', () => {
    const s = scene()
    s.start({ destinations: [{ channel: { channelArn } }] })
    s.made.now += 2 * SECOND
    const { arn } = s.start({ destinations: [{ channel: { channelArn } }] })
    s.made.now += 2 * SECOND
    expect(stateOf(s, arn)).toBe('FAILED')
    expect(told(s).slice(-2)).toEqual(['Destination Failure ConflictException', 'Session Failure DestinationFailure'])
  })

  it('is found by its stage and by its encoder', () => {
    const s = scene()
    const { arn } = s.start()
    const other = make(s.made, 'CreateEncoderConfiguration', {}, 'encoderConfiguration').arn
    const found = (input: Readonly<Record<string, unknown>>) =>
      (s.made.ivs.invoke('ListCompositions', input) as { compositions: { arn: string }[] }).compositions.map(
        (one) => one.arn,
      )
    expect(found({ filterByStageArn: s.r.stageArn, filterByEncoderConfigurationArn: s.encoderArn })).toEqual([arn])
    expect(found({ filterByEncoderConfigurationArn: other })).toEqual([])
    expect(found({ filterByStageArn: room(stand()).stageArn })).toEqual([])
  })
})

describe('destinations', () => {
  it.each([
    ['neither a channel nor a bucket', () => [{ name: 'x' }]],
    ['both in one', ({ bucket }: Scene) => [{ ...bucket, channel: { channelArn } }]],
    ['two buckets', ({ bucket }) => [bucket, bucket]],
    ['two channels', () => [{ channel: { channelArn } }, { channel: { channelArn } }]],
    ['a channel elsewhere', () => [{ channel: { channelArn: channelArn.replace(REGION, 'us-west-2') } }]],
  ] as [string, (s: Scene) => object[]][])('of %s are refused', (_, destinations) => {
    const s = scene()
    const input = { stageArn: s.r.stageArn, destinations: destinations(s) }
    expect(exceptionOf(s.made, 'StartComposition', input)).toBe('ValidationException')
  })

  it('keep what they use from being deleted until they end', () => {
    const s = scene()
    const { arn } = s.start()
    const remove = () => [
      exceptionOf(s.made, 'DeleteEncoderConfiguration', { arn: s.encoderArn }),
      exceptionOf(s.made, 'DeleteStorageConfiguration', { arn: s.storageArn }),
    ]
    expect(remove()).toEqual(['ConflictException', 'ConflictException'])
    s.made.ivs.invoke('StopComposition', { arn })
    s.made.now += 2 * SECOND
    expect(remove()).toEqual(['none', 'none'])
  })
})

describe('an encoder configuration', () => {
  it.each([
    ['an odd width', { width: 1279 }, 'ValidationException'],
    ['an odd height', { height: 719 }, 'ValidationException'],
    ['too many pixels', { width: 1920, height: 1082 }, 'ValidationException'],
    ['as many pixels upright', { width: 1080, height: 1920 }, 'none'],
    ['a fraction of a frame rate', { framerate: 29.97 }, 'none'],
  ])('with %s answers %s', (_, video, expected) => {
    expect(exceptionOf(stand(), 'CreateEncoderConfiguration', { video })).toBe(expected)
  })

  it('has IVS’s defaults where nothing is said', () => {
    const { encoderConfiguration } = stand().ivs.invoke('CreateEncoderConfiguration', { video: { width: 640 } }) as {
      encoderConfiguration: object
    }
    const video = { width: 640, height: 720, framerate: 30, bitrate: 2_500_000 }
    expect(encoderConfiguration).toMatchObject({ video })
  })
})
