import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { createDisconnector } from '../lib/disconnect/disconnector.ivs.ts'
import { disconnectsHandler } from '../lib/disconnect/disconnects.handler.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { openJob } from '../lib/lambda/job.ts'
import { openTable } from '../lib/lambda/stores.ts'
import { createSeatStore } from '../lib/seat/seat-store.dynamodb.ts'

const { settings, logger } = openJob(process.env, { TABLE_NAME: 'required' })

export const handler: (event: SQSEvent) => Promise<SQSBatchResponse> = disconnectsHandler({
  disconnector: createDisconnector(createIvsClient()),
  seats: createSeatStore(openTable(settings.TABLE_NAME)),
  logger,
})
