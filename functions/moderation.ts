import { createAuditStore } from '../lib/audit/audit-store.dynamodb.ts'
import { createDisconnector } from '../lib/ending/disconnector.ivs.ts'
import { createEndpoint } from '../lib/http/stack.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { meteredBy } from '../lib/ivs/metered.ivs.ts'
import { domainEventsOnDemand } from '../lib/lambda/domain-events.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { openEndings, QUEUES } from '../lib/lambda/endings.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { moderationRoutes } from '../lib/moderation/moderation.handler.ts'
import { createStandingLists } from '../lib/moderation/standing-lists.dynamodb.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required', EVENT_BUS_NAME: 'required', ...QUEUES })
const { config, settings, clock } = edge
const table = openTable(settings.TABLE_NAME)
const stores = storesOn(table)
/** What finds no place by then is left to the queue. Bans and kicks have the next one that comes free. */
const patience = patienceOn(table, config, 1_000)

export const handler = createEndpoint(
  edge,
  moderationRoutes({
    stages: createStageCache(stores.stages, clock),
    participants: stores.participants,
    lists: createStandingLists(table),
    audit: createAuditStore(table),
    endings: openEndings(settings),
    events: domainEventsOnDemand(settings.EVENT_BUS_NAME),
    disconnector: createDisconnector(meteredBy(createIvsClient(), patience)),
    config,
  }),
)
