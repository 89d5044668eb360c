import type { Furnished } from './furnished.ts'

type Input = Readonly<Record<string, unknown>>

const tags = { team: 'a', empty: '' }
const arn = (value: string) => ({ arn: value })
const thumbnails = { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] }

const recording = (world: Furnished) => ({
  storageConfigurationArn: world.storageArn,
  mediaTypes: ['AUDIO_ONLY'],
  thumbnailConfiguration: { ...thumbnails, recordingMode: 'INTERVAL' },
  recordingReconnectWindowSeconds: 300,
  hlsConfiguration: { targetSegmentDurationSeconds: 10 },
  recordParticipantReplicas: false,
})

const replication = (world: Furnished) => ({
  sourceStageArn: world.stageArn,
  destinationStageArn: world.otherStageArn,
  participantId: world.participantId,
})

const ofSession = (world: Furnished) => ({ stageArn: world.stageArn, sessionId: world.sessionId })
const ofParticipant = (world: Furnished) => ({ ...ofSession(world), participantId: world.participantId })

/** An input for every operation that succeeds in a furnished world, with as many members as go together. */
export const inputs: Readonly<Record<string, (world: Furnished) => Input>> = {
  CreateEncoderConfiguration: () => ({
    name: 'hd',
    video: { width: 1920, height: 1080, framerate: 60, bitrate: 8_500_000 },
    tags,
  }),
  CreateIngestConfiguration: ({ stageArn }) => ({
    name: 'studio',
    stageArn,
    userId: 'u'.repeat(128),
    attributes: { role: 'host' },
    ingestProtocol: 'RTMP',
    insecureIngest: true,
    redundantIngest: true,
    tags,
  }),
  CreateParticipantToken: ({ stageArn }) => ({
    stageArn,
    duration: 20_160,
    userId: 'user',
    attributes: { name: 'User' },
    capabilities: ['PUBLISH', 'SUBSCRIBE'],
  }),
  CreateStage: (world) => ({
    name: 'n'.repeat(128),
    participantTokenConfigurations: [
      { duration: 1, userId: 'user', attributes: { name: 'User' }, capabilities: ['SUBSCRIBE'] },
    ],
    tags,
    autoParticipantRecordingConfiguration: recording(world),
  }),
  CreateStorageConfiguration: () => ({ name: 'bucket', s3: { bucketName: 'my.bucket-1' }, tags }),
  DeleteEncoderConfiguration: ({ spareEncoderArn }) => arn(spareEncoderArn),
  DeleteIngestConfiguration: ({ ingestArn }) => ({ ...arn(ingestArn), force: true }),
  DeletePublicKey: ({ publicKeyArn }) => arn(publicKeyArn),
  DeleteStage: ({ stageArn }) => arn(stageArn),
  DeleteStorageConfiguration: ({ spareStorageArn }) => arn(spareStorageArn),
  DisconnectParticipant: ({ stageArn, participantId }) => ({ stageArn, participantId, reason: 'r'.repeat(128) }),
  GetComposition: ({ compositionArn }) => arn(compositionArn),
  GetEncoderConfiguration: ({ encoderArn }) => arn(encoderArn),
  GetIngestConfiguration: ({ ingestArn }) => arn(ingestArn),
  GetParticipant: ofParticipant,
  GetPublicKey: ({ publicKeyArn }) => arn(publicKeyArn),
  GetStage: ({ stageArn }) => arn(stageArn),
  GetStageSession: ofSession,
  GetStorageConfiguration: ({ storageArn }) => arn(storageArn),
  ImportPublicKey: ({ pem }) => ({ publicKeyMaterial: pem, name: 'next', tags }),
  ListCompositions: ({ stageArn, encoderArn }) => ({
    filterByStageArn: stageArn,
    filterByEncoderConfigurationArn: encoderArn,
    maxResults: 100,
  }),
  ListEncoderConfigurations: () => ({ maxResults: 100 }),
  ListIngestConfigurations: () => ({ filterByState: 'INACTIVE', maxResults: 100 }),
  ListParticipantEvents: (world) => ({ ...ofParticipant(world), maxResults: 100 }),
  ListParticipantReplicas: ({ stageArn: sourceStageArn, participantId }) => ({
    sourceStageArn,
    participantId,
    maxResults: 50,
  }),
  ListParticipants: (world) => ({ ...ofSession(world), filterByState: 'CONNECTED', maxResults: 100 }),
  ListPublicKeys: () => ({ maxResults: 100 }),
  ListStageSessions: ({ stageArn }) => ({ stageArn, maxResults: 100 }),
  ListStages: () => ({ maxResults: 100 }),
  ListStorageConfigurations: () => ({ maxResults: 100 }),
  ListTagsForResource: ({ stageArn }) => ({ resourceArn: stageArn }),
  StartComposition: ({ stageArn, storageArn, encoderArn }) => ({
    stageArn,
    idempotencyToken: 'once',
    layout: { grid: { featuredParticipantAttribute: 'host', gridGap: 0, videoAspectRatio: 'SQUARE' } },
    destinations: [
      {
        name: 'archive',
        s3: {
          storageConfigurationArn: storageArn,
          encoderConfigurationArns: [encoderArn],
          recordingConfiguration: { format: 'HLS', hlsConfiguration: { targetSegmentDurationSeconds: 2 } },
          thumbnailConfigurations: [thumbnails],
        },
      },
    ],
    tags,
  }),
  StartParticipantReplication: (world) => ({
    ...replication(world),
    participantId: world.otherParticipantId,
    reconnectWindowSeconds: 300,
    attributes: { role: 'guest' },
  }),
  StopComposition: ({ compositionArn }) => arn(compositionArn),
  StopParticipantReplication: replication,
  TagResource: ({ publicKeyArn }) => ({ resourceArn: publicKeyArn, tags }),
  UntagResource: ({ stageArn }) => ({ resourceArn: stageArn, tagKeys: ['team', 'absent'] }),
  UpdateIngestConfiguration: ({ ingestArn, stageArn }) => ({ ...arn(ingestArn), stageArn, redundantIngest: true }),
  UpdateStage: (world) => ({
    arn: world.otherStageArn,
    name: 'renamed',
    autoParticipantRecordingConfiguration: recording(world),
  }),
}
