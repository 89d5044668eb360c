import { createEndpoint } from '../lib/http/stack.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { disconnectsOnDemand } from '../lib/lambda/on-demand.ts'
import { openSeatDesk } from '../lib/lambda/seat-desk.ts'
import { openSigner } from '../lib/lambda/signing.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createRoleMemory } from '../lib/participant/role-memory.ts'
import { refreshRoutes } from '../lib/refresh/refresh.handler.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, {
  TABLE_NAME: 'required',
  DISCONNECTS_QUEUE_URL: 'required',
  SIGNING_SECRET_ID: 'optional',
})
const { config, settings, clock } = edge
const stores = storesOn(openTable(settings.TABLE_NAME))

export const handler = createEndpoint(
  edge,
  refreshRoutes({
    stages: createStageCache(stores.stages, clock),
    participants: stores.participants,
    memory: createRoleMemory(),
    seats: openSeatDesk(stores, clock),
    ...(config.tokenMode === 'key-pair' && { signer: openSigner(settings.SIGNING_SECRET_ID ?? '') }),
    disconnects: disconnectsOnDemand(settings.DISCONNECTS_QUEUE_URL),
    config,
  }),
)
