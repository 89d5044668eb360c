import { createEndpoint } from '../lib/http/stack.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createRosterStore } from '../lib/roster/roster-store.dynamodb.ts'
import { stageRoutes } from '../lib/stage/stage.handler.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required' })
const { config, settings, clock } = edge
const table = openTable(settings.TABLE_NAME)
const { stages, participants, seats } = storesOn(table)

export const handler = createEndpoint(
  edge,
  stageRoutes({
    stages: createStageCache(stages, clock),
    participants,
    seats,
    rosters: createRosterStore(table),
    config,
  }),
)
