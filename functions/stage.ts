import { createEndpoint } from '../lib/http/stack.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { createLiveStages } from '../lib/ivs/live-stages.ivs.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createPulseStore } from '../lib/stage/pulse-store.dynamodb.ts'
import { stageRoutes } from '../lib/stage/stage.handler.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required' })
const { config, settings, clock } = edge
const table = openTable(settings.TABLE_NAME)
const stores = storesOn(table)

export const handler = createEndpoint(
  edge,
  stageRoutes({
    stages: createStageCache(stores.stages, clock),
    participants: stores.participants,
    seats: stores.seats,
    pulses: createPulseStore(table),
    liveStages: createLiveStages(createIvsClient()),
    config,
  }),
)
