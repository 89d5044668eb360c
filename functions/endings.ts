import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { createAuditStore } from '../lib/audit/audit-store.dynamodb.ts'
import { createDomainEvents } from '../lib/domain-event/domain-events.eventbridge.ts'
import { createDisconnector } from '../lib/ending/disconnector.ivs.ts'
import { insistent } from '../lib/ending/disconnector.ts'
import { goneFrom } from '../lib/ending/gone.ts'
import { lastSweepIn } from '../lib/ending/last-sweep.ts'
import { createLookout } from '../lib/ending/lookout.ivs.ts'
import { recordedIn } from '../lib/ending/recorded.ts'
import { createWatchStore } from '../lib/ending/watch-store.dynamodb.ts'
import { endingsHandler } from '../lib/ending/work.handler.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { meteredBy } from '../lib/ivs/metered.ivs.ts'
import { createPresence } from '../lib/ivs/presence.ivs.ts'
import { openEndings, QUEUES } from '../lib/lambda/endings.ts'
import { openJob } from '../lib/lambda/job.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createPresentStore } from '../lib/sweep/present-store.dynamodb.ts'
import { createSweepRequests } from '../lib/sweep/sweep-requests.dynamodb.ts'
import { secondsOfDays, systemClock } from '../lib/time.ts'
import file from '../stagedoor.config.ts'

const spec = { TABLE_NAME: 'required', EVENT_BUS_NAME: 'required', ...QUEUES } as const
const { settings, config, logger } = openJob(file, process.env, spec)
const table = openTable(settings.TABLE_NAME)
const { participants, seats, stages } = storesOn(table)
/** Less than the function's own timeout: what finds no place by then comes again. */
const by = meteredBy(createIvsClient(), patienceOn(table, config, 15_000))
const endings = openEndings(settings)

export const handler: (event: SQSEvent) => Promise<SQSBatchResponse> = endingsHandler({
  disconnector: insistent(createDisconnector(by), { clock: systemClock, wait, random: Math.random }),
  lookout: createLookout(by),
  presence: createPresence(by('demotion')),
  lastSweep: lastSweepIn(createPresentStore(table)),
  sweeps: createSweepRequests(table),
  seats,
  audit: createAuditStore(table),
  events: createDomainEvents({ busName: settings.EVENT_BUS_NAME, wait, random: Math.random }),
  endings,
  looks: endings,
  watches: createWatchStore(table),
  newTurn: randomUUID,
  wait,
  random: Math.random,
  ...recordedIn(participants, systemClock),
  isGone: goneFrom(stages),
  auditSeconds: secondsOfDays(config.audit.keepDays),
  clock: systemClock,
  logger,
})
