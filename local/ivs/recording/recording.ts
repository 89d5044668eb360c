import { emit } from '../events/emit.ts'
import { idOfArn } from '../world/identifiers.ts'
import type { AutoRecording, ParticipantRecord, Recording, StageRecord } from '../world/records.ts'
import { participantKey } from '../world/tables.ts'
import { cancelTimer, setTimer } from '../world/timers.ts'
import type { World } from '../world/world.ts'

/** A publisher who is gone sooner may not be recorded at all. */
const START_MS = 5000
/** How long the last segments take to be written. */
const FINISH_MS = 2000

type Subject = Pick<ParticipantRecord, 'stageArn' | 'sessionId' | 'participantId' | 'recording'>
const keyOf = (one: Subject) => participantKey(one.sessionId, one.participantId)

/** A stage's recording as it applies; an empty storage configuration switches it off. */
export const recordingOf = (stage: StageRecord | undefined): AutoRecording | undefined =>
  stage?.recording && stage.recording.storageConfigurationArn !== '' ? stage.recording : undefined

/** What becomes of a participant's recording when it starts to publish; undefined where the stage records nothing. */
export function recordingStarts(world: World, one: ParticipantRecord): Recording | undefined {
  const stage = world.stages.get(one.stageArn)
  const rules = recordingOf(stage)
  if (!stage || !rules || (one.replication === 'REPLICA' && rules.recordParticipantReplicas === false)) return undefined
  const before = one.recording
  if (before?.state === 'STOPPING' && before.windowSeconds > 0) {
    cancelTimer(world, 'recording-end', keyOf(one))
    return { ...before, state: 'ACTIVE' }
  }
  setTimer(world, 'recording-start', keyOf(one), world.now + START_MS)
  const time = new Date(world.now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  return {
    state: 'STARTING',
    bucket: world.storages.get(rules.storageConfigurationArn)?.bucketName ?? '',
    prefix: [idOfArn(stage.arn), one.sessionId, one.participantId, time].join('/'),
    windowSeconds: rules.recordingReconnectWindowSeconds ?? 0,
    recordedMs: 0,
  }
}

/** The same when publishing ends, after `publishedMs` of it. */
export function recordingEnds(world: World, one: ParticipantRecord, publishedMs: number): Recording | undefined {
  const before = one.recording
  if (before?.state === 'STARTING') {
    cancelTimer(world, 'recording-start', keyOf(one))
    return { ...before, state: 'STOPPED' }
  }
  if (before?.state !== 'ACTIVE') return undefined
  setTimer(world, 'recording-end', keyOf(one), world.now + Math.max(FINISH_MS, before.windowSeconds * 1000))
  return { ...before, state: 'STOPPING', recordedMs: before.recordedMs + publishedMs }
}

function setRecording(world: World, one: ParticipantRecord, recording: Recording): void {
  world.participants.set(keyOf(one), { ...one, recording })
}

/** Takes a failure that was asked for; it strikes once. */
function faultOf(world: World, stageArn: string, at: 'start' | 'end'): string | undefined {
  const fault = world.recordingFaults.get(`${stageArn}/${at}`)
  if (fault) world.recordingFaults.delete(`${stageArn}/${at}`)
  return fault?.errorCode
}

export function recordingStartDue(world: World, key: string): void {
  const one = world.participants.get(key)
  if (one?.recording?.state !== 'STARTING') return
  const errorCode = faultOf(world, one.stageArn, 'start')
  setRecording(world, one, { ...one.recording, state: errorCode ? 'FAILED' : 'ACTIVE' })
  emitRecording(world, one, one.recording, errorCode ? 'Recording Start Failure' : 'Recording Start', {
    ...(errorCode ? { error_code: errorCode, reason: 'The recording could not start.' } : {}),
  })
}

export function recordingEndDue(world: World, key: string): void {
  const one = world.participants.get(key)
  if (one?.recording?.state !== 'STOPPING') return
  const errorCode = faultOf(world, one.stageArn, 'end')
  setRecording(world, one, { ...one.recording, state: errorCode ? 'FAILED' : 'STOPPED' })
  emitRecording(world, one, one.recording, errorCode ? 'Recording End Failure' : 'Recording End', {
    recording_duration_ms: one.recording.recordedMs,
    ...(errorCode ? { error_code: errorCode, reason: 'The recording could not be finished.' } : {}),
  })
}

function emitRecording(
  world: World,
  one: ParticipantRecord,
  recording: Recording,
  eventName: string,
  extra: Readonly<Record<string, unknown>>,
): void {
  emit(world, 'IVS Participant Recording State Change', one.stageArn, {
    session_id: one.sessionId,
    event_name: eventName,
    participant_id: one.participantId,
    recording_s3_bucket_name: recording.bucket,
    recording_s3_key_prefix: recording.prefix,
    ...extra,
  })
}
