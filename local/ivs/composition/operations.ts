import { createHash } from 'node:crypto'
import { encodersOf, isRunning } from '../configuration/in-use.ts'
import { conflict, overQuota } from '../exception.ts'
import type { compositionRows } from '../model/composition.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { find, findStage, read, visible } from '../world/find.ts'
import { idOfArn, randomId, randomUuid } from '../world/identifiers.ts'
import type { CompositionInput, CompositionRecord, DestinationRecord } from '../world/records.ts'
import { newResource } from '../world/resource.ts'
import type { World } from '../world/world.ts'
import { begin, stop } from './life.ts'
import { checkDestinations, layoutOf } from './rules.ts'
import { compositionDetail, compositionSummary } from './view.ts'

const MAX_RUNNING = 20
const MAX_RUNNING_ON_STAGE = 5
const PAGE = 100

const requestOf = (input: CompositionInput) => createHash('sha256').update(JSON.stringify(input)).digest('base64url')

/** The composition a retry is about. A token is remembered as long as its composition can be asked for. */
function earlier(world: World, input: CompositionInput): CompositionRecord | undefined {
  if (input.idempotencyToken === undefined) return undefined
  for (const one of world.compositions.values()) {
    if (one.idempotencyToken !== input.idempotencyToken) continue
    if (one.request === requestOf(input)) return one
    throw conflict('The idempotency token was used for another composition.')
  }
  return undefined
}

function checkQuotas(world: World, stageArn: string): void {
  if (!world.quotas) return
  const running = [...world.compositions.values()].filter(isRunning)
  if (running.length >= MAX_RUNNING) throw overQuota('The account runs as many compositions as it may.')
  if (running.filter((one) => one.stageArn === stageArn).length >= MAX_RUNNING_ON_STAGE)
    throw overQuota('The stage has as many compositions as it may have.')
}

function destinationOf(world: World, stageArn: string, configuration: CompositionInput['destinations'][number]) {
  const prefix = [idOfArn(stageArn), randomId(world), 'composite'].join('/')
  const destination: DestinationRecord = { id: randomId(world), state: 'STARTING', configuration }
  return configuration.s3 ? { ...destination, recordingPrefix: prefix } : destination
}

export const compositionEffects: Effects<typeof compositionRows> = {
  StartComposition(world, input) {
    const known = earlier(world, input)
    if (known) return { composition: compositionDetail(known) }
    findStage(world, input.stageArn)
    checkDestinations(world, input.destinations)
    const layout = layoutOf(input.layout)
    checkQuotas(world, input.stageArn)
    const one: CompositionRecord = {
      ...newResource(world, 'composition', input),
      stageArn: input.stageArn,
      state: 'STARTING',
      layout,
      destinations: input.destinations.map((destination) => destinationOf(world, input.stageArn, destination)),
      startTime: world.now,
      idempotencyToken: input.idempotencyToken ?? randomUuid(world),
      request: requestOf(input),
    }
    begin(world, one)
    return { composition: compositionDetail(one) }
  },

  GetComposition: (world, { arn }) => ({
    composition: compositionDetail(read(world, world.compositions, arn, 'composition')),
  }),

  ListCompositions(world, input) {
    const { filterByStageArn: stage, filterByEncoderConfigurationArn: encoder } = input
    const wanted = visible(world, world.compositions).filter(
      ({ stageArn, destinations }) =>
        (stage === undefined || stageArn === stage) &&
        (encoder === undefined || destinations.some((destination) => encodersOf(destination).includes(encoder))),
    )
    const list = `ListCompositions ${stage ?? ''} ${encoder ?? ''}`
    const { items, nextToken } = pageOf(list, wanted, input, PAGE)
    return { compositions: items.map(compositionSummary), nextToken }
  },

  StopComposition(world, { arn }) {
    const one = find(world.compositions, arn, 'composition')
    if (one.state !== 'STARTING' && one.state !== 'ACTIVE') throw conflict('The composition is ending or has ended.')
    stop(world, arn)
    return {}
  },
}
