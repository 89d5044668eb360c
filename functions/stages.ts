import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createEndpoint } from '../lib/http/stack.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { createIvsStages } from '../lib/ivs/ivs-stages.ivs.ts'
import { metered } from '../lib/ivs/metered.ivs.ts'
import { domainEventsOnDemand } from '../lib/lambda/domain-events.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { newName } from '../lib/stages/new-name.ts'
import { stagesRoutes } from '../lib/stages/stages.handler.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required', DEPLOYMENT: 'required', EVENT_BUS_NAME: 'required' })
const { config, settings } = edge
const table = openTable(settings.TABLE_NAME)
const { stages, seats } = storesOn(table)
/** An admin waits longer than a client, and less than the gateway. */
const patience = patienceOn(table, config, 10_000)

export const handler = createEndpoint(
  edge,
  stagesRoutes({
    stages,
    seats,
    ivs: createIvsStages({ client: metered(createIvsClient(), patience, 'kick'), wait, random: Math.random }),
    events: domainEventsOnDemand(settings.EVENT_BUS_NAME),
    config,
    deployment: settings.DEPLOYMENT,
    newName: () => newName(randomInt),
  }),
)
