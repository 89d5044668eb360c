import { row } from './row.ts'
import { arnOf, name, page, pageToken, tags } from './scalars.ts'
import { integer, list, number, required, structure } from './shape.ts'

const video = structure({
  width: integer({ min: 2, max: 1920 }),
  height: integer({ min: 2, max: 1920 }),
  framerate: number({ min: 1, max: 60 }),
  bitrate: integer({ min: 1, max: 8_500_000 }),
})

const encoderConfiguration = structure({
  arn: required(arnOf('encoder-configuration')),
  name,
  video,
  tags,
})

const encoderConfigurationSummary = structure({ arn: required(arnOf('encoder-configuration')), name, tags })

export const encoderConfigurationRows = {
  CreateEncoderConfiguration: row({
    tps: 5,
    errors: 'V AD PV NF C SQ IS',
    on: 'encoder-configuration',
    input: { name, video, tags },
    output: { encoderConfiguration },
  }),

  GetEncoderConfiguration: row({
    tps: 5,
    errors: 'V AD NF C SQ IS',
    on: ['arn'],
    input: { arn: required(arnOf('encoder-configuration')) },
    output: { encoderConfiguration },
  }),

  ListEncoderConfigurations: row({
    tps: 5,
    errors: 'V AD C SQ IS',
    on: 'encoder-configuration',
    input: { ...page(100) },
    output: { encoderConfigurations: required(list(encoderConfigurationSummary)), nextToken: pageToken },
  }),

  DeleteEncoderConfiguration: row({
    tps: 5,
    errors: 'V AD NF C SQ IS',
    on: ['arn'],
    input: { arn: required(arnOf('encoder-configuration')) },
    output: {},
  }),
} as const
