import { row } from './row.ts'
import { arnOf, name, page, pageToken, tags, text } from './scalars.ts'
import { boolean, integer, list, oneOf, required, string, structure, timestamp } from './shape.ts'

const gridConfiguration = structure({
  featuredParticipantAttribute: name,
  omitStoppedVideo: boolean,
  videoAspectRatio: oneOf('AUTO', 'VIDEO', 'SQUARE', 'PORTRAIT'),
  videoFillMode: oneOf('FILL', 'COVER', 'CONTAIN'),
  gridGap: integer({ min: 0 }),
  participantOrderAttribute: name,
})

const pipConfiguration = structure({
  featuredParticipantAttribute: name,
  omitStoppedVideo: boolean,
  videoFillMode: oneOf('FILL', 'COVER', 'CONTAIN'),
  gridGap: integer({ min: 0 }),
  pipParticipantAttribute: name,
  pipBehavior: oneOf('STATIC', 'DYNAMIC'),
  pipOffset: integer({ min: 0 }),
  pipPosition: oneOf('TOP_LEFT', 'TOP_RIGHT', 'BOTTOM_LEFT', 'BOTTOM_RIGHT'),
  pipWidth: integer({ min: 1 }),
  pipHeight: integer({ min: 1 }),
  participantOrderAttribute: name,
})

const layoutConfiguration = structure({ grid: gridConfiguration, pip: pipConfiguration })

const channelDestinationConfiguration = structure({
  channelArn: required(arnOf('channel')),
  encoderConfigurationArn: arnOf('encoder-configuration'),
})

const compositionRecordingHlsConfiguration = structure({ targetSegmentDurationSeconds: integer({ min: 2, max: 10 }) })

const recordingConfiguration = structure({
  hlsConfiguration: compositionRecordingHlsConfiguration,
  format: oneOf('HLS'),
})

const compositionThumbnailConfiguration = structure({
  targetIntervalSeconds: integer({ min: 1, max: 86_400 }),
  storage: list(oneOf('SEQUENTIAL', 'LATEST'), { min: 0, max: 2 }),
})

const s3DestinationConfiguration = structure({
  storageConfigurationArn: required(arnOf('storage-configuration')),
  encoderConfigurationArns: required(list(arnOf('encoder-configuration'), { min: 1, max: 1 })),
  recordingConfiguration,
  thumbnailConfigurations: list(compositionThumbnailConfiguration, { min: 0, max: 1 }),
})

const destinationConfiguration = structure({
  name,
  channel: channelDestinationConfiguration,
  s3: s3DestinationConfiguration,
})

const s3Detail = structure({ recordingPrefix: required(text) })

const destinationDetail = structure({ s3: s3Detail })

const destination = structure({
  id: required(text),
  state: required(oneOf('STARTING', 'ACTIVE', 'STOPPING', 'RECONNECTING', 'FAILED', 'STOPPED')),
  startTime: timestamp,
  endTime: timestamp,
  configuration: required(destinationConfiguration),
  detail: destinationDetail,
})

const composition = structure({
  arn: required(arnOf('composition')),
  stageArn: required(arnOf('stage')),
  state: required(oneOf('STARTING', 'ACTIVE', 'STOPPING', 'FAILED', 'STOPPED')),
  layout: required(layoutConfiguration),
  destinations: required(list(destination, { min: 1, max: 2 })),
  tags,
  startTime: timestamp,
  endTime: timestamp,
})

const destinationSummary = structure({
  id: required(text),
  state: required(oneOf('STARTING', 'ACTIVE', 'STOPPING', 'RECONNECTING', 'FAILED', 'STOPPED')),
  startTime: timestamp,
  endTime: timestamp,
})

const compositionSummary = structure({
  arn: required(arnOf('composition')),
  stageArn: required(arnOf('stage')),
  destinations: required(list(destinationSummary, { min: 1, max: 2 })),
  state: required(oneOf('STARTING', 'ACTIVE', 'STOPPING', 'FAILED', 'STOPPED')),
  tags,
  startTime: timestamp,
  endTime: timestamp,
})

export const compositionRows = {
  StartComposition: row({
    tps: 5,
    errors: 'V AD PV NF C SQ IS',
    on: ['stageArn'],
    input: {
      stageArn: required(arnOf('stage')),
      idempotencyToken: string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]*$/ }),
      layout: layoutConfiguration,
      destinations: required(list(destinationConfiguration, { min: 1, max: 2 })),
      tags,
    },
    output: { composition },
  }),

  GetComposition: row({
    tps: 5,
    errors: 'V AD NF C SQ IS',
    on: ['arn'],
    input: { arn: required(arnOf('composition')) },
    output: { composition },
  }),

  ListCompositions: row({
    tps: 5,
    errors: 'V AD C SQ IS',
    on: 'composition',
    input: {
      ...page(100),
      filterByStageArn: arnOf('stage'),
      filterByEncoderConfigurationArn: arnOf('encoder-configuration'),
    },
    output: { compositions: required(list(compositionSummary)), nextToken: pageToken },
  }),

  StopComposition: row({
    tps: 5,
    errors: 'V AD NF C SQ IS',
    on: ['arn'],
    input: { arn: required(arnOf('composition')) },
    output: {},
  }),
} as const
