import * as sdk from '@aws-sdk/client-ivs-realtime'
import { describe, expect, it } from 'vitest'
import { served } from '../stand.ts'
import { type Furnished, furnish, made } from './furnished.ts'
import { outcomeOf } from './send.ts'

const { stand, client } = served()
const config = { client, pageSize: 1 }

async function pagesOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(page)
  return all
}

/** The list, its paginator, and how many things a furnished world holds of it. */
const lists: readonly [member: string, pages: (world: Furnished) => AsyncIterable<object>, count: number][] = [
  ['stages', () => sdk.paginateListStages(config, {}), 2],
  ['stageSessions', ({ stageArn }) => sdk.paginateListStageSessions(config, { stageArn }), 1],
  ['participants', ({ stageArn, sessionId }) => sdk.paginateListParticipants(config, { stageArn, sessionId }), 2],
  [
    'events',
    ({ stageArn, sessionId, participantId }) =>
      sdk.paginateListParticipantEvents(config, { stageArn, sessionId, participantId }),
    3,
  ],
  [
    'replicas',
    ({ stageArn: sourceStageArn, participantId }) =>
      sdk.paginateListParticipantReplicas(config, { sourceStageArn, participantId }),
    1,
  ],
  ['publicKeys', () => sdk.paginateListPublicKeys(config, {}), 1],
  ['ingestConfigurations', () => sdk.paginateListIngestConfigurations(config, {}), 1],
  ['encoderConfigurations', () => sdk.paginateListEncoderConfigurations(config, {}), 2],
  ['storageConfigurations', () => sdk.paginateListStorageConfigurations(config, {}), 2],
  ['compositions', () => sdk.paginateListCompositions(config, {}), 1],
]

describe('a list, one at a time', () => {
  it.each(lists)('of %s ends where nothing is left, with nothing twice', async (member, pages, count) => {
    const world = furnish(stand)
    const found = (await pagesOf(pages(world))).map((page) => (page as Record<string, unknown[]>)[member] ?? [])
    expect(found.map((page) => page.length)).toEqual(Array.from({ length: count }, () => 1))
    expect(new Set(found.map((page) => JSON.stringify(page)))).toHaveProperty('size', count)
  })

  it('meets what is created while it is read, and skips what is deleted', async () => {
    furnish(stand)
    const first = await outcomeOf(client, 'ListStages', { maxResults: 1 })
    const third = made(stand, 'CreateStage', {}, 'stage').arn
    const { output: all = {} } = await outcomeOf(client, 'ListStages', {})
    const [, second] = all.stages as { arn: string }[]
    stand.ivs.invoke('DeleteStage', { arn: second?.arn })
    const rest = await outcomeOf(client, 'ListStages', { nextToken: first.output?.nextToken })
    expect(rest.output?.stages).toMatchObject([{ arn: third }])
  })

  it('refuses a token of another list, another filter, or nobody’s', async () => {
    const { stageArn, sessionId } = furnish(stand)
    const { output } = await outcomeOf(client, 'ListStages', { maxResults: 1 })
    const { output: connected } = await outcomeOf(client, 'ListParticipants', {
      stageArn,
      sessionId,
      filterByState: 'CONNECTED',
      maxResults: 1,
    })
    const refusals = [
      await outcomeOf(client, 'ListEncoderConfigurations', { nextToken: output?.nextToken }),
      await outcomeOf(client, 'ListParticipants', { stageArn, sessionId, nextToken: connected?.nextToken }),
      await outcomeOf(client, 'ListStages', { nextToken: 'bm90LW91cnM' }),
    ]
    expect(refusals.map(({ error }) => error?.name)).toEqual(Array(3).fill('ValidationException'))
  })

  it('has a default size of 50 for stages and 100 for encoder configurations', async () => {
    furnish(stand)
    for (let count = 0; count < 100; count++) {
      stand.ivs.invoke('CreateStage', {})
      stand.ivs.invoke('CreateEncoderConfiguration', {})
    }
    const stages = await outcomeOf(client, 'ListStages', {})
    const encoders = await outcomeOf(client, 'ListEncoderConfigurations', {})
    expect(stages.output?.stages).toHaveLength(50)
    expect(encoders.output?.encoderConfigurations).toHaveLength(100)
  })
})
