import { row } from './row.ts'
import { arnOf, name, page, pageToken, tags } from './scalars.ts'
import { list, required, string, structure } from './shape.ts'

const s3StorageConfiguration = structure({
  bucketName: required(string({ min: 3, max: 63, pattern: /^[a-z0-9.-]+$/ })),
})

const storageConfiguration = structure({
  arn: required(arnOf('storage-configuration')),
  name,
  s3: s3StorageConfiguration,
  tags,
})

const storageConfigurationSummary = structure({
  arn: required(arnOf('storage-configuration')),
  name,
  s3: s3StorageConfiguration,
  tags,
})

export const storageConfigurationRows = {
  CreateStorageConfiguration: row({
    tps: 5,
    errors: 'V AD PV NF C SQ IS',
    on: 'storage-configuration',
    input: { name, s3: required(s3StorageConfiguration), tags },
    output: { storageConfiguration },
  }),

  GetStorageConfiguration: row({
    tps: 5,
    errors: 'V AD NF C SQ IS',
    on: ['arn'],
    input: { arn: required(arnOf('storage-configuration')) },
    output: { storageConfiguration },
  }),

  ListStorageConfigurations: row({
    tps: 5,
    errors: 'V AD C SQ IS',
    on: 'storage-configuration',
    input: { ...page(100) },
    output: { storageConfigurations: required(list(storageConfigurationSummary)), nextToken: pageToken },
  }),

  DeleteStorageConfiguration: row({
    tps: 5,
    errors: 'V AD NF C SQ IS',
    on: ['arn'],
    input: { arn: required(arnOf('storage-configuration')) },
    output: {},
  }),
} as const
