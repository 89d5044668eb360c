import { isoOfMs } from '../../../lib/time.ts'
import { recordingOf } from '../recording/recording.ts'
import type { ParticipantEventRecord, ParticipantRecord, RecordingState } from '../world/records.ts'
import type { World } from '../world/world.ts'

/** DISABLED is said of everyone on a stage that records nobody; before a first publish there is nothing to say. */
const recordingState = (world: World, one: ParticipantRecord): RecordingState | 'DISABLED' | undefined =>
  one.recording?.state ?? (recordingOf(world.stages.get(one.stageArn)) ? undefined : 'DISABLED')

export const participantSummary = (world: World, one: ParticipantRecord) => ({
  participantId: one.participantId,
  userId: one.grant.userId,
  state: one.state,
  firstJoinTime: isoOfMs(one.firstJoinTime),
  published: one.published,
  recordingState: recordingState(world, one),
  replicationType: one.replication,
  replicationState: one.replicationState,
  sourceStageArn: one.source?.stageArn,
  sourceSessionId: one.source?.sessionId,
  redundantIngest: one.redundantIngest ?? false,
  ingestConfigurationArn: one.ingestConfigurationArn,
})

export const participantDetail = (world: World, one: ParticipantRecord) => ({
  ...participantSummary(world, one),
  attributes: one.grant.attributes,
  ...one.client,
  recordingS3BucketName: one.recording?.bucket,
  // Stops at the participant id, as the guide's sample does; events carry the whole prefix.
  recordingS3Prefix: one.recording?.prefix.split('/').slice(0, 3).join('/'),
  protocol: one.protocol,
})

export const eventDetail = (event: ParticipantEventRecord) => ({
  name: event.name as 'JOINED',
  participantId: event.participantId,
  eventTime: isoOfMs(event.at),
  ...event.detail,
})
