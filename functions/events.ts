import { setTimeout as wait } from 'node:timers/promises'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { createDomainEvents } from '../lib/domain-event/domain-events.eventbridge.ts'
import { eventsHandler } from '../lib/event/events.handler.ts'
import { createHistoryStore } from '../lib/history/history-store.dynamodb.ts'
import { openEndings, QUEUES } from '../lib/lambda/endings.ts'
import { openJob } from '../lib/lambda/job.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createRosterStore } from '../lib/roster/roster-store.dynamodb.ts'
import { createStageArns } from '../lib/stage/stage-arns.dynamodb.ts'
import { createSweepRequests } from '../lib/sweep/sweep-requests.dynamodb.ts'
import { secondsOfDays, systemClock } from '../lib/time.ts'
import file from '../stagedoor.config.ts'

const spec = { TABLE_NAME: 'required', EVENT_BUS_NAME: 'required', ...QUEUES } as const
const { settings, config, logger } = openJob(file, process.env, spec)
const table = openTable(settings.TABLE_NAME)
const { participants, stages } = storesOn(table)

export const handler: (event: SQSEvent) => Promise<SQSBatchResponse> = eventsHandler({
  arns: createStageArns(table),
  stages,
  participants,
  rosters: createRosterStore(table),
  history: createHistoryStore(table),
  endings: openEndings(settings),
  events: createDomainEvents({ busName: settings.EVENT_BUS_NAME, wait, random: Math.random }),
  sweeps: createSweepRequests(table),
  historySeconds: secondsOfDays(config.history.keepDays),
  tellsGrants: config.domainEvents.granted,
  clock: systemClock,
  wait,
  random: Math.random,
  logger,
})
