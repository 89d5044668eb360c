import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createDomainEvents } from '../lib/domain-event/domain-events.eventbridge.ts'
import { createHistoryStore } from '../lib/history/history-store.dynamodb.ts'
import { windowLimits } from '../lib/ivs/call-window.ts'
import { createCensus } from '../lib/ivs/census.ivs.ts'
import { createIvsClient } from '../lib/ivs/ivs-client.ivs.ts'
import { createIvsStages } from '../lib/ivs/ivs-stages.ivs.ts'
import { metered } from '../lib/ivs/metered.ivs.ts'
import { openEndings, QUEUES } from '../lib/lambda/endings.ts'
import { openJob } from '../lib/lambda/job.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createRosterStore } from '../lib/roster/roster-store.dynamodb.ts'
import { rememberedArns } from '../lib/stage/remembered-arns.ts'
import { createStageArns } from '../lib/stage/stage-arns.dynamodb.ts'
import { createLiveStore } from '../lib/sweep/live-store.dynamodb.ts'
import { createPresentStore } from '../lib/sweep/present-store.dynamodb.ts'
import { reconcileHandler } from '../lib/sweep/reconcile.handler.ts'
import { createRunLock } from '../lib/sweep/run-lock.dynamodb.ts'
import { createSweepRequests } from '../lib/sweep/sweep-requests.dynamodb.ts'
import { secondsOfDays, systemClock } from '../lib/time.ts'
import file from '../stagedoor.config.ts'

const spec = { TABLE_NAME: 'required', DEPLOYMENT: 'required', EVENT_BUS_NAME: 'required', ...QUEUES } as const
const { settings, config, logger } = openJob(file, process.env, spec)
const table = openTable(settings.TABLE_NAME)
/** What finds no place by then is swept later: in time for the run to end before its own timeout. */
const client = metered(createIvsClient(), patienceOn(table, config, 20_000), 'sweep')

export const handler: () => Promise<void> = reconcileHandler({
  ...storesOn(table),
  census: createCensus(client),
  ivs: createIvsStages({ client, wait, random: Math.random }),
  arns: rememberedArns(createStageArns(table)),
  rosters: createRosterStore(table),
  present: createPresentStore(table),
  history: createHistoryStore(table),
  live: createLiveStore(table),
  lock: createRunLock(table),
  sweeps: createSweepRequests(table),
  endings: openEndings(settings),
  events: createDomainEvents({ busName: settings.EVENT_BUS_NAME, wait, random: Math.random }),
  deployment: settings.DEPLOYMENT,
  callsPerSecond: windowLimits('ListParticipantEvents', config.quotaShare).calls,
  historySeconds: secondsOfDays(config.history.keepDays),
  tellsGrants: config.domainEvents.granted,
  seatLeaseSeconds: config.limits.seatLeaseSeconds,
  newHolder: randomUUID,
  clock: systemClock,
  wait,
  random: Math.random,
  logger,
})
