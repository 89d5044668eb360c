import { describe, expect, it } from 'vitest'
import { made as make } from './conformance/furnished.ts'
import { exceptionOf, participantOf, type Room, room } from './room.ts'
import { type Stand, stand } from './stand.ts'

const SECOND = 1000

function recorded(options: object = {}) {
  const made = stand()
  const s3 = { bucketName: 'bucket' }
  const storageArn = make(made, 'CreateStorageConfiguration', { s3 }, 'storageConfiguration').arn ?? ''
  const autoParticipantRecordingConfiguration = { storageConfigurationArn: storageArn, ...options }
  const r = room(made, { autoParticipantRecordingConfiguration })
  const participantId = r.enter({ publish: true })
  return { made, r, storageArn, participantId, sessionId: r.sessionId() }
}

const stateOf = (made: Stand, r: Room, sessionId: string, id: string) =>
  participantOf(made, r, sessionId, id).recordingState
const told = (made: Stand) =>
  made.events
    .filter((event) => event['detail-type'] === 'IVS Participant Recording State Change')
    .map(({ detail }) => detail)

describe('the recording of a participant', () => {
  it('starts, ends, and says where it is and how long', () => {
    const { made, r, participantId, sessionId } = recorded()
    expect(stateOf(made, r, sessionId, participantId)).toBe('STARTING')
    made.now += 5 * SECOND
    expect(stateOf(made, r, sessionId, participantId)).toBe('ACTIVE')
    made.now += 25 * SECOND
    made.ivs.side.unpublish({ participantId })
    expect(stateOf(made, r, sessionId, participantId)).toBe('STOPPING')
    made.now += 2 * SECOND
    expect(stateOf(made, r, sessionId, participantId)).toBe('STOPPED')
    const place = {
      session_id: sessionId,
      participant_id: participantId,
      recording_s3_bucket_name: 'bucket',
      recording_s3_key_prefix: `${r.stageArn.split('/')[1]}/${sessionId}/${participantId}/2026-11-21T12-00-00Z`,
    }
    expect(told(made)).toEqual([
      { ...place, event_name: 'Recording Start' },
      { ...place, event_name: 'Recording End', recording_duration_ms: 30_000 },
    ])
    expect(participantOf(made, r, sessionId, participantId)).toMatchObject({
      recordingS3BucketName: 'bucket',
      recordingS3Prefix: place.recording_s3_key_prefix.split('/').slice(0, 3).join('/'),
    })
  })

  it('of someone who is gone within five seconds never was', () => {
    const { made, r, participantId, sessionId } = recorded()
    made.now += 4 * SECOND
    made.ivs.side.leave({ participantId })
    made.now += 60 * SECOND
    expect(stateOf(made, r, sessionId, participantId)).toBe('STOPPED')
    expect(told(made)).toEqual([])
  })

  it('is merged when the participant is back within the window, and ends a window after the last of it', () => {
    const { made, participantId } = recorded({ recordingReconnectWindowSeconds: 60 })
    made.now += 10 * SECOND
    made.ivs.side.unpublish({ participantId })
    made.now += 59 * SECOND
    made.ivs.side.publish({ participantId })
    made.now += 20 * SECOND
    made.ivs.side.unpublish({ participantId })
    made.now += 59 * SECOND
    made.ivs.settle()
    expect(told(made).map((detail) => detail.event_name)).toEqual(['Recording Start'])
    made.now += SECOND
    made.ivs.settle()
    expect(told(made).at(-1)).toMatchObject({ event_name: 'Recording End', recording_duration_ms: 30_000 })
  })

  it('fails when it is made to, at its start or its end', () => {
    const { made, r, participantId, sessionId } = recorded()
    const { stageArn } = r
    made.ivs.side.recordingFault({ stageArn, at: 'start', errorCode: 'AccessDeniedException' })
    made.now += 5 * SECOND
    expect(stateOf(made, r, sessionId, participantId)).toBe('FAILED')
    made.ivs.side.recordingFault({ stageArn, at: 'end', errorCode: 'InternalServerException' })
    const other = r.enter({ publish: true })
    made.now += 6 * SECOND
    made.ivs.side.leave({ participantId: other })
    made.now += 2 * SECOND
    made.ivs.settle()
    expect(told(made)).toMatchObject([
      { event_name: 'Recording Start Failure', error_code: 'AccessDeniedException' },
      { event_name: 'Recording Start' },
      { event_name: 'Recording End Failure', error_code: 'InternalServerException', recording_duration_ms: 6000 },
    ])
  })

  it('leaves a replica out where the second stage says so', () => {
    const { made, r, storageArn, participantId } = recorded()
    const configurations = [false, true].map((recordParticipantReplicas) => {
      const configuration = { storageConfigurationArn: storageArn, recordParticipantReplicas }
      return room(made, { autoParticipantRecordingConfiguration: configuration })
    })
    const states = configurations.map((target) => {
      const arns = { sourceStageArn: r.stageArn, destinationStageArn: target.stageArn, participantId }
      made.ivs.invoke('StartParticipantReplication', arns)
      return stateOf(made, target, target.sessionId(), participantId)
    })
    expect(states).toEqual([undefined, 'STARTING'])
  })
})

describe('a stage’s recording configuration', () => {
  it('holds IVS’s defaults, and an empty ARN switches it off', () => {
    const { made, r, storageArn, participantId } = recorded()
    const change = { arn: r.stageArn, autoParticipantRecordingConfiguration: { storageConfigurationArn: '' } }
    expect(exceptionOf(made, 'UpdateStage', change)).toBe('ConflictException')
    const { stage } = made.ivs.invoke('GetStage', { arn: r.stageArn }) as { stage: object }
    expect(stage).toHaveProperty('autoParticipantRecordingConfiguration', {
      storageConfigurationArn: storageArn,
      mediaTypes: ['AUDIO_VIDEO'],
      thumbnailConfiguration: { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'], recordingMode: 'DISABLED' },
      recordingReconnectWindowSeconds: 0,
      hlsConfiguration: { targetSegmentDurationSeconds: 6 },
      recordParticipantReplicas: true,
    })
    expect(exceptionOf(made, 'DeleteStorageConfiguration', { arn: storageArn })).toBe('ConflictException')
    made.ivs.side.leave({ participantId })
    made.now += 10 * SECOND
    const { stage: off } = made.ivs.invoke('UpdateStage', change) as {
      stage: { autoParticipantRecordingConfiguration?: object }
    }
    expect(off.autoParticipantRecordingConfiguration).toBeUndefined()
    expect(exceptionOf(made, 'DeleteStorageConfiguration', { arn: storageArn })).toBe('none')
  })

  it('that is absent shows as DISABLED', () => {
    const made = stand()
    const r = room(made)
    const participantId = r.enter({ publish: true })
    expect(stateOf(made, r, r.sessionId(), participantId)).toBe('DISABLED')
  })
})
