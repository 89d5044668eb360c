import { describe, expect, it } from 'vitest'
import { exceptionOf, historyOf, participantOf, reasonOf, room } from './room.ts'
import { NOON, type Stand, stand } from './stand.ts'

const MINUTE = 60_000
const namesOf = (made: Stand) => made.events.map(({ detail }) => detail.event_name)

describe('a participant', () => {
  it('once published stays published, and connected is another thing', () => {
    const made = stand()
    const r = room(made)
    const participantId = r.enter({ publish: true })
    const sessionId = r.sessionId()
    made.ivs.side.unpublish({ participantId })
    expect(participantOf(made, r, sessionId, participantId)).toMatchObject({ published: true, state: 'CONNECTED' })
    made.ivs.side.leave({ participantId })
    expect(participantOf(made, r, sessionId, participantId)).toMatchObject({ published: true, state: 'DISCONNECTED' })
    expect(historyOf(made, r.stageArn, sessionId, participantId)).toEqual([
      'JOINED',
      'PUBLISH_STARTED',
      'PUBLISH_STOPPED',
      'LEFT',
    ])
  })

  it('who joins again with the same token throws the first connection out and keeps the first join time', () => {
    const made = stand()
    const r = room(made)
    const { token, participantId } = r.apiToken()
    made.ivs.side.join({ token })
    made.ivs.side.publish({ participantId })
    made.now += 5000
    expect(reasonOf(made.ivs.side.join({ token }))).toBe('ok')
    const found = participantOf(made, r, r.sessionId(), participantId)
    expect(found).toMatchObject({ state: 'CONNECTED', firstJoinTime: new Date(NOON).toISOString() })
    expect(namesOf(made)).toEqual(['Participant Published', 'Participant Unpublished'])
    expect(historyOf(made, r.stageArn, r.sessionId(), participantId)).toEqual([
      'JOINED',
      'PUBLISH_STARTED',
      'PUBLISH_STOPPED',
      'LEFT',
      'JOINED',
    ])
  })

  it('may come back with the same token while it lasts', () => {
    const made = stand()
    const r = room(made)
    const { token, participantId } = r.apiToken()
    made.ivs.side.join({ token })
    made.ivs.side.leave({ participantId })
    expect(reasonOf(made.ivs.side.join({ token }))).toBe('ok')
  })

  it('who vanishes stays for ten seconds as a ghost', () => {
    const made = stand()
    const r = room(made)
    const participantId = r.enter({ publish: true })
    const sessionId = r.sessionId()
    made.ivs.side.leave({ participantId, crash: true })
    made.now += 9999
    expect(participantOf(made, r, sessionId, participantId)).toMatchObject({ state: 'CONNECTED' })
    made.now += 1
    expect(participantOf(made, r, sessionId, participantId)).toMatchObject({ state: 'DISCONNECTED' })
    expect(made.events.at(-1)).toMatchObject({
      time: '2026-11-21T12:00:10Z',
      detail: { event_name: 'Participant Unpublished', event_time_precise: '2026-11-21T12:00:10.000000Z' },
    })
  })

  it('says about itself what the client says', () => {
    const made = stand()
    const r = room(made)
    const { token, participantId } = r.apiToken()
    made.ivs.side.join({ token, client: { browserName: 'Firefox', sdkVersion: '1.41.0' }, protocol: 'WHIP' })
    const found = participantOf(made, r, r.sessionId(), participantId)
    expect(found).toMatchObject({ browserName: 'Firefox', sdkVersion: '1.41.0', protocol: 'WHIP' })
  })

  it('cannot publish or subscribe without the capability, which shows in its events', () => {
    const made = stand()
    const r = room(made)
    const host = r.enter({ publish: true, input: { capabilities: ['PUBLISH'] } })
    const viewer = r.enter({ input: { capabilities: ['SUBSCRIBE'] } })
    expect(reasonOf(made.ivs.side.publish({ participantId: viewer }))).toBe('TOKEN_NOT_ALLOWED')
    expect(reasonOf(made.ivs.side.subscribe({ participantId: host }))).toBe('TOKEN_NOT_ALLOWED')
    expect(historyOf(made, r.stageArn, r.sessionId(), viewer)).toContain('PUBLISH_ERROR:INSUFFICIENT_CAPABILITIES')
    expect(historyOf(made, r.stageArn, r.sessionId(), host)).toContain('SUBSCRIBE_ERROR:INSUFFICIENT_CAPABILITIES')
    expect(made.events.at(-1)?.detail).toMatchObject({
      event_name: 'Participant Publish Error',
      error_code: 'INSUFFICIENT_CAPABILITIES',
    })
  })

  it('subscribes to whoever publishes, until they stop', () => {
    const made = stand()
    const r = room(made)
    const [host, viewer] = [r.enter({ publish: true }), r.enter()]
    expect(made.ivs.side.subscribe({ participantId: viewer })).toMatchObject({ value: { subscribed: [host] } })
    const absent = made.ivs.side.subscribe({ participantId: viewer, remoteParticipantId: 'absent' })
    expect(reasonOf(absent)).toBe('PUBLISHER_NOT_FOUND')
    made.ivs.side.unpublish({ participantId: host })
    expect(historyOf(made, r.stageArn, r.sessionId(), viewer)).toEqual([
      'JOINED',
      'SUBSCRIBE_STARTED',
      'SUBSCRIBE_ERROR:PUBLISHER_NOT_FOUND',
      'SUBSCRIBE_STOPPED',
    ])
  })

  it('is not thrown out by its token running out, but finds no new publisher', () => {
    const made = stand()
    const r = room(made)
    const viewer = r.enter({ input: { duration: 1 } })
    made.now += MINUTE
    expect(participantOf(made, r, r.sessionId(), viewer)).toMatchObject({ state: 'CONNECTED' })
    expect(reasonOf(made.ivs.side.subscribe({ participantId: viewer }))).toBe('TOKEN_EXPIRED')
  })

  it('is cut off after 24 hours of publishing', () => {
    const made = stand()
    const r = room(made)
    const participantId = r.enter({ publish: true, input: { duration: 20_160 } })
    made.now += 24 * 60 * MINUTE
    expect(historyOf(made, r.stageArn, r.sessionId(), participantId).slice(-2)).toEqual([
      'PUBLISH_ERROR:STREAM_DURATION_EXCEEDED',
      'PUBLISH_STOPPED',
    ])
  })

  it('who breaks a rule of the media stops publishing with an error event', () => {
    const made = stand()
    const r = room(made)
    const participantId = r.enter({ publish: true })
    expect(reasonOf(made.ivs.side.publishError({ participantId, errorCode: 'NONSENSE' }))).toBe('BAD_REQUEST')
    made.ivs.side.publishError({ participantId, errorCode: 'BITRATE_EXCEEDED' })
    expect(namesOf(made).slice(1)).toEqual(['Participant Publish Error', 'Participant Unpublished'])
  })
})

describe('a disconnect through the API', () => {
  it('throws out, says so in the events, and shuts the id out for good', () => {
    const made = stand()
    const r = room(made)
    const { token, participantId } = r.apiToken()
    made.ivs.side.join({ token })
    made.ivs.side.publish({ participantId })
    made.ivs.invoke('DisconnectParticipant', { stageArn: r.stageArn, participantId })
    expect(namesOf(made)).toEqual(['Participant Published', 'Participant Unpublished'])
    expect(reasonOf(made.ivs.side.join({ token }))).toBe('PARTICIPANT_DISCONNECTED')
    expect(reasonOf(made.ivs.side.publish({ participantId }))).toBe('NOT_CONNECTED')
  })

  it('reaches an id that is not connected any more, and one signed anew', () => {
    const made = stand()
    const r = room(made)
    made.ivs.side.join({ token: r.selfSigned() })
    made.ivs.side.leave({ participantId: 'alice1' })
    made.ivs.invoke('DisconnectParticipant', { stageArn: r.stageArn, participantId: 'alice1' })
    made.now += MINUTE
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned() }))).toBe('PARTICIPANT_DISCONNECTED')
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned({ jti: 'alice2' }) }))).toBe('ok')
  })

  it('holds for one stage: the id may be on another', () => {
    const made = stand()
    const [first, second] = [room(made), room(made)]
    made.ivs.side.join({ token: first.selfSigned() })
    made.ivs.invoke('DisconnectParticipant', { stageArn: first.stageArn, participantId: 'alice1' })
    expect(reasonOf(made.ivs.side.join({ token: second.selfSigned() }))).toBe('ok')
  })
})

describe('a stage session', () => {
  const sessionsOf = (made: Stand, stageArn: string) =>
    (made.ivs.invoke('ListStageSessions', { stageArn }) as { stageSessions: { sessionId: string; endTime?: string }[] })
      .stageSessions

  it('opens with the first join and closes three minutes after the last one is gone', () => {
    const made = stand()
    const r = room(made)
    expect(r.sessionId()).toBe('')
    const participantId = r.enter({ publish: true })
    const sessionId = r.sessionId()
    expect(sessionId).toMatch(/^st-[A-Za-z0-9]{13}$/)
    made.ivs.side.leave({ participantId })
    made.now += 3 * MINUTE - 1
    expect(r.sessionId()).toBe(sessionId)
    made.now += 1
    expect(r.sessionId()).toBe('')
    expect(sessionsOf(made, r.stageArn)).toEqual([
      { sessionId, startTime: '2026-11-21T12:00:00.000Z', endTime: '2026-11-21T12:03:00.000Z' },
    ])
    expect(participantOf(made, r, sessionId, participantId)).toMatchObject({ published: true })
  })

  it('goes on when someone comes back in time, and is another one later', () => {
    const made = stand()
    const r = room(made)
    const { token, participantId } = r.apiToken()
    made.ivs.side.join({ token })
    made.ivs.side.leave({ participantId })
    made.now += 2 * MINUTE
    made.ivs.side.join({ token })
    made.ivs.side.leave({ participantId })
    made.now += 2 * MINUTE
    expect(sessionsOf(made, r.stageArn)).toHaveLength(1)
    made.now += MINUTE
    made.ivs.side.join({ token })
    expect(sessionsOf(made, r.stageArn)).toHaveLength(2)
  })

  it('ends with its stage, and everyone in it', () => {
    const made = stand()
    const r = room(made)
    r.enter({ publish: true })
    made.ivs.invoke('DeleteStage', { arn: r.stageArn })
    expect(namesOf(made)).toEqual(['Participant Published', 'Participant Unpublished'])
    expect(exceptionOf(made, 'ListStageSessions', { stageArn: r.stageArn })).toBe('ResourceNotFoundException')
  })
})

describe('a stage has room for', () => {
  it('twelve publishers; the thirteenth fails when publishing, not when joining', () => {
    const made = stand()
    const r = room(made)
    const ids = Array.from({ length: 13 }, () => r.enter())
    const results = ids.map((participantId) => reasonOf(made.ivs.side.publish({ participantId })))
    expect(results).toEqual([...Array(12).fill('ok'), 'STAGE_AT_CAPACITY'])
    expect(historyOf(made, r.stageArn, r.sessionId(), ids[12] ?? '')).toContain('PUBLISH_ERROR:QUOTA_EXCEEDED')
    made.ivs.side.unpublish({ participantId: ids[0] ?? '' })
    expect(reasonOf(made.ivs.side.publish({ participantId: ids[12] ?? '' }))).toBe('ok')
  })

  it('ten thousand subscribers; one who only publishes still gets in', () => {
    const made = stand()
    const r = room(made)
    const first = r.enter()
    for (let count = 1; count < 10_000; count++) r.enter({ input: { capabilities: ['SUBSCRIBE'] } })
    expect(reasonOf(made.ivs.side.join({ token: r.apiToken().token }))).toBe('STAGE_AT_CAPACITY')
    expect(reasonOf(made.ivs.side.join({ token: r.apiToken({ capabilities: ['PUBLISH'] }).token }))).toBe('ok')
    made.ivs.side.leave({ participantId: first })
    expect(reasonOf(made.ivs.side.join({ token: r.apiToken().token }))).toBe('ok')
  })
})

describe('one id on two stages', () => {
  it('needs the stage named, and leaves only that one', () => {
    const made = stand()
    const [first, second] = [room(made), room(made)]
    for (const r of [first, second]) made.ivs.side.join({ token: r.selfSigned() })
    expect(reasonOf(made.ivs.side.leave({ participantId: 'alice1' }))).toBe('BAD_REQUEST')
    expect(reasonOf(made.ivs.side.leave({ participantId: 'alice1', stageArn: second.stageArn }))).toBe('ok')
    expect(made.ivs.side.leave({ participantId: 'alice1' })).toMatchObject({ value: { stageArn: first.stageArn } })
  })
})
