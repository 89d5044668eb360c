import { participantToken } from './participant.ts'
import { row } from './row.ts'
import {
  arnOf,
  arnOrEmpty,
  attributes,
  capability,
  name,
  page,
  pageToken,
  sessionId,
  shortText,
  tags,
} from './scalars.ts'
import { boolean, integer, list, oneOf, required, string, structure, timestamp } from './shape.ts'

const participantTokenConfiguration = structure({
  duration: integer({ min: 1, max: 20_160 }),
  userId: shortText,
  attributes,
  capabilities: list(capability, { min: 0, max: 2 }),
})

const participantThumbnailConfiguration = structure({
  targetIntervalSeconds: integer({ min: 1, max: 86_400 }),
  storage: list(oneOf('SEQUENTIAL', 'LATEST'), { min: 0, max: 2 }),
  recordingMode: oneOf('INTERVAL', 'DISABLED'),
})

const participantRecordingHlsConfiguration = structure({ targetSegmentDurationSeconds: integer({ min: 2, max: 10 }) })

const autoParticipantRecordingConfiguration = structure({
  storageConfigurationArn: required(arnOrEmpty('storage-configuration')),
  mediaTypes: list(oneOf('AUDIO_VIDEO', 'AUDIO_ONLY', 'NONE'), { min: 0, max: 1 }),
  thumbnailConfiguration: participantThumbnailConfiguration,
  recordingReconnectWindowSeconds: integer({ min: 0, max: 300 }),
  hlsConfiguration: participantRecordingHlsConfiguration,
  recordParticipantReplicas: boolean,
})

const stageEndpoints = structure({
  events: string({ min: 0, max: 2048 }),
  whip: string({ min: 0, max: 2048 }),
  rtmp: string({ min: 0, max: 2048 }),
  rtmps: string({ min: 0, max: 2048 }),
})

const stage = structure({
  arn: required(arnOf('stage')),
  name,
  activeSessionId: sessionId,
  tags,
  autoParticipantRecordingConfiguration,
  endpoints: stageEndpoints,
})

const stageSummary = structure({ arn: required(arnOf('stage')), name, activeSessionId: sessionId, tags })

const stageSessionSummary = structure({ sessionId, startTime: timestamp, endTime: timestamp })

const stageSession = structure({ sessionId, startTime: timestamp, endTime: timestamp })

export const stageRows = {
  CreateStage: row({
    tps: 5,
    errors: 'V AD PV SQ',
    on: 'stage',
    input: {
      name,
      participantTokenConfigurations: list(participantTokenConfiguration, { min: 0, max: 12 }),
      tags,
      autoParticipantRecordingConfiguration,
    },
    output: { stage, participantTokens: list(participantToken) },
  }),

  GetStage: row({
    tps: 5,
    errors: 'V AD NF',
    on: ['arn'],
    input: { arn: required(arnOf('stage')) },
    output: { stage },
  }),

  UpdateStage: row({
    tps: 5,
    errors: 'V AD PV NF C SQ',
    on: ['arn'],
    input: {
      arn: required(arnOf('stage')),
      name,
      autoParticipantRecordingConfiguration,
    },
    output: { stage },
  }),

  ListStages: row({
    tps: 5,
    errors: 'V AD C',
    on: 'stage',
    input: { ...page(100) },
    output: { stages: required(list(stageSummary)), nextToken: pageToken },
  }),

  DeleteStage: row({
    tps: 5,
    errors: 'V AD PV NF C',
    on: ['arn'],
    input: { arn: required(arnOf('stage')) },
    output: {},
  }),

  ListStageSessions: row({
    tps: 5,
    errors: 'V AD',
    on: ['stageArn'],
    input: { ...page(100), stageArn: required(arnOf('stage')) },
    output: { stageSessions: required(list(stageSessionSummary)), nextToken: pageToken },
  }),

  GetStageSession: row({
    tps: 5,
    errors: 'V AD NF',
    on: ['stageArn'],
    input: { stageArn: required(arnOf('stage')), sessionId: required(sessionId) },
    output: { stageSession },
  }),
} as const
