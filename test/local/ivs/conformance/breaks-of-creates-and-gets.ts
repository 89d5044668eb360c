import { type Breaks, text } from './breaks.ts'
import * as broken from './broken.ts'

/** One step outside every constraint of the service model, by operation and member; the rest is in the other file. */
export const breaksOfCreatesAndGets: Breaks = {
  CreateEncoderConfiguration: {
    name: broken.name,
    video: broken.notA,
    'video.width': ['1', 1.5, 1, 1921],
    'video.height': ['1', 1.5, 1, 1921],
    'video.framerate': ['1', 0, 61],
    'video.bitrate': ['1', 1.5, 0, 8500001],
    tags: broken.tags,
  },
  CreateIngestConfiguration: {
    name: broken.name,
    stageArn: broken.name,
    userId: broken.shortText,
    attributes: broken.attributes,
    ingestProtocol: [undefined, 1, 'OTHER'],
    insecureIngest: broken.boolean,
    redundantIngest: broken.boolean,
    tags: broken.tags,
  },
  CreateParticipantToken: {
    stageArn: broken.requiredArn,
    duration: ['1', 1.5, 0, 20161],
    userId: broken.shortText,
    attributes: broken.attributes,
    capabilities: broken.listOfTwo,
    'capabilities.0': broken.word,
  },
  CreateStage: {
    name: broken.name,
    participantTokenConfigurations: ['text', { many: 13 }],
    'participantTokenConfigurations.0': broken.notA,
    'participantTokenConfigurations.0.duration': ['1', 1.5, 0, 20161],
    'participantTokenConfigurations.0.userId': broken.shortText,
    'participantTokenConfigurations.0.attributes': broken.attributes,
    'participantTokenConfigurations.0.capabilities': broken.listOfTwo,
    'participantTokenConfigurations.0.capabilities.0': broken.word,
    tags: broken.tags,
    autoParticipantRecordingConfiguration: broken.notA,
    'autoParticipantRecordingConfiguration.storageConfigurationArn': [undefined, 1, text(129), 'no such thing!'],
    'autoParticipantRecordingConfiguration.mediaTypes': ['text', { many: 2 }],
    'autoParticipantRecordingConfiguration.mediaTypes.0': broken.word,
    'autoParticipantRecordingConfiguration.thumbnailConfiguration': broken.notA,
    'autoParticipantRecordingConfiguration.thumbnailConfiguration.targetIntervalSeconds': broken.intervalSeconds,
    'autoParticipantRecordingConfiguration.thumbnailConfiguration.storage': broken.listOfTwo,
    'autoParticipantRecordingConfiguration.thumbnailConfiguration.storage.0': broken.word,
    'autoParticipantRecordingConfiguration.thumbnailConfiguration.recordingMode': broken.word,
    'autoParticipantRecordingConfiguration.recordingReconnectWindowSeconds': broken.windowSeconds,
    'autoParticipantRecordingConfiguration.hlsConfiguration': broken.notA,
    'autoParticipantRecordingConfiguration.hlsConfiguration.targetSegmentDurationSeconds': broken.segmentSeconds,
    'autoParticipantRecordingConfiguration.recordParticipantReplicas': broken.boolean,
  },
  CreateStorageConfiguration: {
    name: broken.name,
    s3: [undefined, 'text'],
    's3.bucketName': [undefined, 1, text(64), text(2), 'no such thing!'],
    tags: broken.tags,
  },
  DeleteEncoderConfiguration: {
    arn: broken.requiredArn,
  },
  DeleteIngestConfiguration: {
    arn: broken.requiredArn,
    force: broken.boolean,
  },
  DeletePublicKey: {
    arn: broken.requiredArn,
  },
  DeleteStage: {
    arn: broken.requiredArn,
  },
  DeleteStorageConfiguration: {
    arn: broken.requiredArn,
  },
  DisconnectParticipant: {
    stageArn: broken.requiredArn,
    participantId: broken.participantId,
    reason: broken.shortText,
  },
  GetComposition: {
    arn: broken.requiredArn,
  },
  GetEncoderConfiguration: {
    arn: broken.requiredArn,
  },
  GetIngestConfiguration: {
    arn: broken.requiredArn,
  },
  GetParticipant: {
    stageArn: broken.requiredArn,
    sessionId: broken.sessionId,
    participantId: broken.participantId,
  },
  GetPublicKey: {
    arn: broken.requiredArn,
  },
  GetStage: {
    arn: broken.requiredArn,
  },
  GetStageSession: {
    stageArn: broken.requiredArn,
    sessionId: broken.sessionId,
  },
}
