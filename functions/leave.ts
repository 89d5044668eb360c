import { createDisconnector } from '../lib/disconnect/disconnector.ivs.ts'
import { createEndpoint } from '../lib/http/stack.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { disconnectsOnDemand } from '../lib/lambda/on-demand.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { leaveRoutes } from '../lib/leave/leave.handler.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required', DISCONNECTS_QUEUE_URL: 'required' })
const { config, settings, clock } = edge
const stores = storesOn(openTable(settings.TABLE_NAME))

export const handler = createEndpoint(
  edge,
  leaveRoutes({
    stages: createStageCache(stores.stages, clock),
    participants: stores.participants,
    seats: stores.seats,
    disconnector: createDisconnector(createIvsClient()),
    disconnects: disconnectsOnDemand(settings.DISCONNECTS_QUEUE_URL),
    config,
  }),
)
