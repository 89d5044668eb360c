import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createEndpoint } from '../lib/http/stack.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { createIvsStages } from '../lib/ivs/ivs-stages.ivs.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { newName } from '../lib/stages/new-name.ts'
import { stagesRoutes } from '../lib/stages/stages.handler.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, { TABLE_NAME: 'required', DEPLOYMENT: 'required' })
const { config, settings } = edge
const { stages, seats } = storesOn(openTable(settings.TABLE_NAME))

export const handler = createEndpoint(
  edge,
  stagesRoutes({
    stages,
    seats,
    ivs: createIvsStages({ client: createIvsClient(), wait, random: Math.random }),
    config,
    deployment: settings.DEPLOYMENT,
    newName: () => newName(randomInt),
  }),
)
