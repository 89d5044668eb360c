import { invalid, notFound, overQuota } from '../exception.ts'
import type { stageRows } from '../model/stage.ts'
import { checkTokenInput, mintToken } from '../token/mint.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { findStage, isVisible, read, sessionOf, visible } from '../world/find.ts'
import type { StageRecord } from '../world/records.ts'
import { newResource } from '../world/resource.ts'
import { deleteStage } from './delete-stage.ts'
import { stageEndpoints } from './endpoints.ts'
import { refuseWhileRecording, withDefaults } from './recording-rules.ts'
import { sessionDetail, stageDetail, stageSummary } from './view.ts'

const MAX_STAGES = 1000
const PAGE = 50

export const stageEffects: Effects<typeof stageRows> = {
  CreateStage(world, input) {
    const tokens = input.participantTokenConfigurations ?? []
    for (const token of tokens) checkTokenInput(world, token)
    // A missing resource is not among this operation's modelled errors.
    const missing = invalid('The storage configuration does not exist.')
    const recording = withDefaults(world, input.autoParticipantRecordingConfiguration, missing)
    if (world.quotas && world.stages.size >= MAX_STAGES)
      throw overQuota('The account has as many stages as it may have.')
    const stage: StageRecord = {
      ...newResource(world, 'stage', input),
      recording,
      endpoints: stageEndpoints(world),
    }
    world.stages.set(stage.arn, stage)
    const minted = tokens.map((token) => mintToken(world, stage, token))
    return { stage: stageDetail(stage), ...(minted.length > 0 ? { participantTokens: minted } : {}) }
  },

  GetStage: (world, { arn }) => ({ stage: stageDetail(read(world, world.stages, arn, 'stage')) }),

  UpdateStage(world, { arn, name, autoParticipantRecordingConfiguration: wanted }) {
    const stage = findStage(world, arn)
    if (wanted) refuseWhileRecording(world, stage)
    const missing = notFound('storage configuration')
    const recording = wanted ? withDefaults(world, wanted, missing) : stage.recording
    const next = { ...stage, name: name ?? stage.name, recording }
    world.stages.set(arn, next)
    return { stage: stageDetail(next) }
  },

  ListStages(world, input) {
    const { items, nextToken } = pageOf('ListStages', visible(world, world.stages), input, PAGE)
    return { stages: items.map(stageSummary), nextToken }
  },

  DeleteStage(world, { arn }) {
    deleteStage(world, arn)
    return {}
  },

  ListStageSessions(world, input) {
    const stage = world.stages.get(input.stageArn)
    const isMissing = !stage || !isVisible(world, stage)
    if (isMissing && world.assume.listsOfMissing === 'not-found') throw notFound('stage')
    const sessions = isMissing ? [] : world.sessions.within(input.stageArn)
    const { items, nextToken } = pageOf(`ListStageSessions ${input.stageArn}`, sessions, input, PAGE)
    return { stageSessions: items.map(sessionDetail), nextToken }
  },

  GetStageSession(world, { stageArn, sessionId }) {
    const session = sessionOf(world, stageArn, sessionId)
    if (!session) throw notFound('stage session')
    return { stageSession: sessionDetail(session) }
  },
}
