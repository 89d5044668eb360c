import { setTimeout as wait } from 'node:timers/promises'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { createIvsStages } from '../lib/ivs/ivs-stages.ivs.ts'
import { openJob } from '../lib/lambda/job.ts'
import { openTable } from '../lib/lambda/stores.ts'
import { createStageStore } from '../lib/stage/stage-store.dynamodb.ts'
import { systemClock } from '../lib/time.ts'
import { upkeepHandler } from '../lib/upkeep/upkeep.handler.ts'

const { settings, logger } = openJob(process.env, { TABLE_NAME: 'required' })

export const handler: () => Promise<void> = upkeepHandler({
  stages: createStageStore(openTable(settings.TABLE_NAME)),
  ivs: createIvsStages({ client: createIvsClient(), wait, random: Math.random }),
  wait,
  clock: systemClock,
  logger,
})
