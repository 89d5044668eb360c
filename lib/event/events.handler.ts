import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { JobLog } from '../lambda/job.ts'
import { type Result, refuse } from '../result.ts'
import type { EventDeps } from './event-deps.ts'
import { parseStageEvent } from './parse-stage-event.ts'
import type { StageEvent } from './stage-event.ts'
import { takeEvents } from './take-events.ts'

/**
 * Events as EventBridge puts them into the queue. One's failure is its own, or that of all it was to be written with: they
 * come again, and in the end lie with the dead letters.
 */
export function eventsHandler(
  deps: EventDeps & { readonly logger: JobLog },
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { logger } = deps
  return async ({ Records }) => {
    const failed: string[] = []
    const good: { readonly messageId: string; readonly event: StageEvent }[] = []
    for (const record of Records) {
      const { messageId } = record
      const event = eventIn(record)
      if (event.ok) good.push({ messageId, event: event.value })
      else {
        failed.push(messageId)
        logger.warn('event_malformed', { messageId })
      }
    }
    const taken = await takeEvents(
      deps,
      good.map(({ event }) => event),
    )
    for (const [index, { messageId, event }] of good.entries()) {
      const one = taken[index]
      if (one?.status === 'fulfilled') {
        logger.info('event', { messageId, eventId: event.id, kind: event.kind, outcome: one.value })
        continue
      }
      failed.push(messageId)
      logger.warn('event_failed', { messageId, error: one?.reason instanceof Error ? one.reason.name : 'unknown' })
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}

function eventIn({ body }: SQSRecord): Result<StageEvent, 'malformed'> {
  try {
    return parseStageEvent(JSON.parse(body))
  } catch {
    return refuse('malformed')
  }
}
