import { row } from './row.ts'
import {
  arnOf,
  attributes,
  capability,
  clientText,
  page,
  pageToken,
  participantId,
  participantIdWithUnderscore,
  recordingPrefix,
  sessionId,
  shortText,
  text,
} from './scalars.ts'
import { boolean, integer, list, oneOf, required, string, structure, timestamp } from './shape.ts'

export const participantToken = structure({
  participantId: participantIdWithUnderscore,
  token: text,
  userId: shortText,
  attributes,
  duration: integer({ min: 1, max: 20_160 }),
  capabilities: list(capability, { min: 0, max: 2 }),
  expirationTime: timestamp,
})

const participant = structure({
  participantId,
  userId: shortText,
  state: oneOf('CONNECTED', 'DISCONNECTED'),
  firstJoinTime: timestamp,
  attributes,
  published: boolean,
  ispName: clientText,
  osName: clientText,
  osVersion: clientText,
  browserName: clientText,
  browserVersion: clientText,
  sdkVersion: clientText,
  recordingS3BucketName: string({ min: 0, max: 63, pattern: /^[a-z0-9.-]*$/ }),
  recordingS3Prefix: recordingPrefix,
  recordingState: oneOf('STARTING', 'ACTIVE', 'STOPPING', 'STOPPED', 'FAILED', 'DISABLED'),
  protocol: oneOf('UNKNOWN', 'WHIP', 'RTMP', 'RTMPS'),
  replicationType: oneOf('SOURCE', 'REPLICA', 'NONE'),
  replicationState: oneOf('ACTIVE', 'STOPPED'),
  sourceStageArn: arnOf('stage'),
  sourceSessionId: sessionId,
  redundantIngest: boolean,
  ingestConfigurationArn: arnOf('ingest-configuration'),
})

const participantSummary = structure({
  participantId,
  userId: shortText,
  state: oneOf('CONNECTED', 'DISCONNECTED'),
  firstJoinTime: timestamp,
  published: boolean,
  recordingState: oneOf('STARTING', 'ACTIVE', 'STOPPING', 'STOPPED', 'FAILED', 'DISABLED'),
  replicationType: oneOf('SOURCE', 'REPLICA', 'NONE'),
  replicationState: oneOf('ACTIVE', 'STOPPED'),
  sourceStageArn: arnOf('stage'),
  sourceSessionId: sessionId,
  redundantIngest: boolean,
  ingestConfigurationArn: arnOf('ingest-configuration'),
})

const exchangedParticipantToken = structure({
  capabilities: list(capability, { min: 0, max: 2 }),
  attributes,
  userId: shortText,
  expirationTime: timestamp,
})

const event = structure({
  name: oneOf(
    'JOINED',
    'LEFT',
    'PUBLISH_STARTED',
    'PUBLISH_STOPPED',
    'SUBSCRIBE_STARTED',
    'SUBSCRIBE_STOPPED',
    'PUBLISH_ERROR',
    'SUBSCRIBE_ERROR',
    'JOIN_ERROR',
    'REPLICATION_STARTED',
    'REPLICATION_STOPPED',
    'TOKEN_EXCHANGED',
  ),
  participantId,
  eventTime: timestamp,
  remoteParticipantId: participantId,
  errorCode: oneOf(
    'INSUFFICIENT_CAPABILITIES',
    'QUOTA_EXCEEDED',
    'PUBLISHER_NOT_FOUND',
    'BITRATE_EXCEEDED',
    'RESOLUTION_EXCEEDED',
    'STREAM_DURATION_EXCEEDED',
    'INVALID_AUDIO_CODEC',
    'INVALID_VIDEO_CODEC',
    'INVALID_PROTOCOL',
    'INVALID_STREAM_KEY',
    'REUSE_OF_STREAM_KEY',
    'B_FRAME_PRESENT',
    'INVALID_INPUT',
    'INTERNAL_SERVER_EXCEPTION',
  ),
  destinationStageArn: arnOf('stage'),
  destinationSessionId: sessionId,
  replica: boolean,
  previousToken: exchangedParticipantToken,
  newToken: exchangedParticipantToken,
})

export const participantRows = {
  CreateParticipantToken: row({
    tps: 50,
    errors: 'V AD PV NF SQ',
    on: ['stageArn'],
    input: {
      stageArn: required(arnOf('stage')),
      duration: integer({ min: 1, max: 20_160 }),
      userId: shortText,
      attributes,
      capabilities: list(capability, { min: 0, max: 2 }),
    },
    output: { participantToken },
  }),

  DisconnectParticipant: row({
    tps: 5,
    errors: 'V AD PV NF',
    on: ['stageArn'],
    input: {
      stageArn: required(arnOf('stage')),
      participantId: required(participantIdWithUnderscore),
      reason: shortText,
    },
    output: {},
  }),

  GetParticipant: row({
    tps: 5,
    errors: 'V AD NF',
    on: ['stageArn'],
    input: {
      stageArn: required(arnOf('stage')),
      sessionId: required(sessionId),
      participantId: required(participantId),
    },
    output: { participant },
  }),

  ListParticipants: row({
    tps: 5,
    errors: 'V AD',
    on: ['stageArn'],
    input: {
      ...page(100),
      stageArn: required(arnOf('stage')),
      sessionId: required(sessionId),
      filterByUserId: shortText,
      filterByPublished: boolean,
      filterByState: oneOf('CONNECTED', 'DISCONNECTED'),
      filterByRecordingState: oneOf('STARTING', 'ACTIVE', 'STOPPING', 'STOPPED', 'FAILED'),
    },
    output: { participants: required(list(participantSummary)), nextToken: pageToken },
  }),

  ListParticipantEvents: row({
    tps: 5,
    errors: 'V AD',
    on: ['stageArn'],
    input: {
      ...page(100),
      stageArn: required(arnOf('stage')),
      sessionId: required(sessionId),
      participantId: required(participantId),
    },
    output: { events: required(list(event)), nextToken: pageToken },
  }),
} as const
