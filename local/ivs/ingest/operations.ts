import { conflict, invalid, overQuota } from '../exception.ts'
import type { ingestConfigurationRows } from '../model/ingest-configuration.ts'
import { attributesFit } from '../token/attributes.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { find, findStage, read, visible } from '../world/find.ts'
import { randomId } from '../world/identifiers.ts'
import type { IngestRecord } from '../world/records.ts'
import { newResource } from '../world/resource.ts'
import type { World } from '../world/world.ts'
import { cutOff, isStreaming, newCredentials, newStreamKey } from './ingest.ts'

const MAX_INGESTS = 100
const PAGE = 50

const stateOf = (world: World, ingest: IngestRecord): 'ACTIVE' | 'INACTIVE' =>
  isStreaming(world, ingest) ? 'ACTIVE' : 'INACTIVE'

/** Without the stream key, which is a credential. */
const summary = (world: World, ingest: IngestRecord) => ({
  name: ingest.name,
  arn: ingest.arn,
  ingestProtocol: ingest.protocol,
  stageArn: ingest.stageArn,
  participantId: ingest.participantId,
  state: stateOf(world, ingest),
  userId: ingest.userId,
  redundantIngest: ingest.redundant,
})

const detail = (world: World, ingest: IngestRecord) => ({
  ...summary(world, ingest),
  streamKey: ingest.streamKey,
  attributes: ingest.attributes,
  redundantIngestCredentials: ingest.redundant ? ingest.credentials : undefined,
  tags: ingest.tags,
})

export const ingestEffects: Effects<typeof ingestConfigurationRows> = {
  CreateIngestConfiguration(world, input) {
    const { ingestProtocol: protocol, stageArn = '', attributes = {}, redundantIngest: redundant = false } = input
    if (protocol === 'RTMP' && input.insecureIngest !== true) throw invalid('RTMP needs insecureIngest.')
    if (!attributesFit(attributes, world.assume)) throw invalid('The attributes exceed 1 KB.')
    // A missing resource is not among this operation's modelled errors.
    if (stageArn !== '' && !world.stages.get(stageArn)) throw invalid('The stage does not exist.')
    if (world.quotas && world.ingests.size >= MAX_INGESTS) throw overQuota('There are too many ingest configurations.')
    const ingest: IngestRecord = {
      ...newResource(world, 'ingest-configuration', input),
      protocol,
      stageArn,
      participantId: randomId(world),
      streamKey: newStreamKey(world),
      userId: input.userId ?? '',
      attributes,
      redundant,
      credentials: redundant ? newCredentials(world) : [],
    }
    world.ingests.set(ingest.arn, ingest)
    return { ingestConfiguration: detail(world, ingest) }
  },

  GetIngestConfiguration: (world, { arn }) => ({
    ingestConfiguration: detail(world, read(world, world.ingests, arn, 'ingest configuration')),
  }),

  UpdateIngestConfiguration(world, { arn, stageArn, redundantIngest }) {
    const ingest = find(world.ingests, arn, 'ingest configuration')
    if (stageArn) findStage(world, stageArn)
    if (isStreaming(world, ingest)) throw conflict('The ingest configuration is live.')
    const redundant = redundantIngest ?? ingest.redundant
    const credentials = redundant && ingest.credentials.length === 0 ? newCredentials(world) : ingest.credentials
    const next = { ...ingest, stageArn: stageArn ?? ingest.stageArn, redundant, credentials }
    world.ingests.set(arn, next)
    return { ingestConfiguration: detail(world, next) }
  },

  ListIngestConfigurations(world, input) {
    const { filterByStageArn: stage, filterByState: state } = input
    if (stage !== undefined && state !== undefined) throw invalid('Only one filter may be given.')
    const wanted = visible(world, world.ingests).filter(
      (ingest) =>
        (stage === undefined || ingest.stageArn === stage) && (state === undefined || stateOf(world, ingest) === state),
    )
    const { items, nextToken } = pageOf(`ListIngestConfigurations ${stage ?? state ?? ''}`, wanted, input, PAGE)
    return { ingestConfigurations: items.map((ingest) => summary(world, ingest)), nextToken }
  },

  DeleteIngestConfiguration(world, { arn, force = false }) {
    const ingest = find(world.ingests, arn, 'ingest configuration')
    if (isStreaming(world, ingest) && !force) throw conflict('The ingest configuration is live.')
    cutOff(world, ingest)
    world.ingests.delete(arn)
    return {}
  },
}
