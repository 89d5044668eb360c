import { row } from './row.ts'
import {
  arnOf,
  arnOrEmpty,
  attributes,
  name,
  page,
  pageToken,
  participantId,
  shortText,
  streamKey,
  tags,
} from './scalars.ts'
import { boolean, list, oneOf, required, structure } from './shape.ts'

const redundantIngestCredential = structure({ participantId, streamKey })

const ingestConfiguration = structure({
  name,
  arn: required(arnOf('ingest-configuration')),
  ingestProtocol: required(oneOf('RTMP', 'RTMPS')),
  streamKey: required(streamKey),
  stageArn: required(arnOrEmpty('stage')),
  participantId: required(participantId),
  state: required(oneOf('ACTIVE', 'INACTIVE')),
  userId: shortText,
  redundantIngest: boolean,
  redundantIngestCredentials: list(redundantIngestCredential),
  attributes,
  tags,
})

const ingestConfigurationSummary = structure({
  name,
  arn: required(arnOf('ingest-configuration')),
  ingestProtocol: required(oneOf('RTMP', 'RTMPS')),
  stageArn: required(arnOrEmpty('stage')),
  participantId: required(participantId),
  state: required(oneOf('ACTIVE', 'INACTIVE')),
  userId: shortText,
  redundantIngest: boolean,
})

export const ingestConfigurationRows = {
  CreateIngestConfiguration: row({
    tps: 5,
    errors: 'V AD PV SQ',
    on: 'ingest-configuration',
    input: {
      name,
      stageArn: arnOrEmpty('stage'),
      userId: shortText,
      attributes,
      ingestProtocol: required(oneOf('RTMP', 'RTMPS')),
      insecureIngest: boolean,
      redundantIngest: boolean,
      tags,
    },
    output: { ingestConfiguration },
  }),

  GetIngestConfiguration: row({
    tps: 5,
    errors: 'V AD NF',
    on: ['arn'],
    input: { arn: required(arnOf('ingest-configuration')) },
    output: { ingestConfiguration },
  }),

  UpdateIngestConfiguration: row({
    tps: 5,
    errors: 'V AD PV NF C',
    on: ['arn'],
    input: { arn: required(arnOf('ingest-configuration')), stageArn: arnOrEmpty('stage'), redundantIngest: boolean },
    output: { ingestConfiguration },
  }),

  ListIngestConfigurations: row({
    tps: 5,
    errors: 'V AD',
    on: 'ingest-configuration',
    input: { ...page(100), filterByStageArn: arnOf('stage'), filterByState: oneOf('ACTIVE', 'INACTIVE') },
    output: { ingestConfigurations: required(list(ingestConfigurationSummary)), nextToken: pageToken },
  }),

  DeleteIngestConfiguration: row({
    tps: 5,
    errors: 'V AD PV NF C',
    on: ['arn'],
    input: { arn: required(arnOf('ingest-configuration')), force: boolean },
    output: {},
  }),
} as const
