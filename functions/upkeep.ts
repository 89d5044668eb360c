import { setTimeout as wait } from 'node:timers/promises'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { createIvsStages } from '../lib/ivs/ivs-stages.ivs.ts'
import { metered } from '../lib/ivs/metered.ivs.ts'
import { openJob } from '../lib/lambda/job.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openTable } from '../lib/lambda/stores.ts'
import { createStageStore } from '../lib/stage/stage-store.dynamodb.ts'
import { systemClock } from '../lib/time.ts'
import { upkeepHandler } from '../lib/upkeep/upkeep.handler.ts'
import file from '../stagedoor.config.ts'

const { settings, config, logger } = openJob(file, process.env, { TABLE_NAME: 'required' })
const table = openTable(settings.TABLE_NAME)
const patience = patienceOn(table, config, 30_000)

export const handler: () => Promise<void> = upkeepHandler({
  stages: createStageStore(table),
  ivs: createIvsStages({ client: metered(createIvsClient(), patience, 'sweep'), wait, random: Math.random }),
  wait,
  clock: systemClock,
  logger,
})
