import { createHistoryStore } from '../lib/history/history-store.dynamodb.ts'
import { createEndpoint } from '../lib/http/stack.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { rosterRoutes } from '../lib/roster/read-roster.handler.ts'
import { createRosterStore } from '../lib/roster/roster-store.dynamodb.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import { createPresentStore } from '../lib/sweep/present-store.dynamodb.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required' })
const table = openTable(edge.settings.TABLE_NAME)
const { stages, participants } = storesOn(table)

export const handler = createEndpoint(
  edge,
  rosterRoutes({
    stages: createStageCache(stages, edge.clock),
    participants,
    config: edge.config,
    rosters: createRosterStore(table),
    present: createPresentStore(table),
    history: createHistoryStore(table),
  }),
)
