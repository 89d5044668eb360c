import { setTimeout as wait } from 'node:timers/promises'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { createAuditStore } from '../lib/audit/audit-store.dynamodb.ts'
import { createDomainEvents } from '../lib/domain-event/domain-events.eventbridge.ts'
import { createDisconnector } from '../lib/ending/disconnector.ivs.ts'
import { paced } from '../lib/ending/disconnector.ts'
import { goneFrom } from '../lib/ending/gone.ts'
import { createLookout } from '../lib/ending/lookout.ivs.ts'
import { recordedIn } from '../lib/ending/recorded.ts'
import { endingsHandler } from '../lib/ending/work.handler.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { openEndings, QUEUES } from '../lib/lambda/endings.ts'
import { openJob } from '../lib/lambda/job.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { secondsOfDays, systemClock } from '../lib/time.ts'
import file from '../stagedoor.config.ts'

const spec = { TABLE_NAME: 'required', EVENT_BUS_NAME: 'required', ...QUEUES } as const
const { settings, config, logger } = openJob(file, process.env, spec)
const table = openTable(settings.TABLE_NAME)
const { participants, seats, stages } = storesOn(table)
const client = createIvsClient()
/** Less than the function's own timeout: what finds no place by then comes again. */
const patience = patienceOn(table, config, 15_000)
const endings = openEndings(settings)

export const handler: (event: SQSEvent) => Promise<SQSBatchResponse> = endingsHandler({
  disconnector: paced(createDisconnector(client), patience),
  lookout: createLookout(client, patience),
  seats,
  audit: createAuditStore(table),
  events: createDomainEvents({ busName: settings.EVENT_BUS_NAME, wait, random: Math.random }),
  endings,
  watches: endings,
  ...recordedIn(participants, systemClock),
  isGone: goneFrom(stages),
  auditSeconds: secondsOfDays(config.audit.keepDays),
  clock: systemClock,
  logger,
})
