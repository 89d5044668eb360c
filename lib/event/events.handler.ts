import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { JobLog } from '../lambda/job.ts'
import type { EventDeps } from './event-deps.ts'
import { parseStageEvent } from './parse-stage-event.ts'
import { takeEvent } from './take-event.ts'

/** Messages of one batch that are taken at once: of one stage, they would only wait for each other's writes. */
const AT_ONCE = 5

/** Events as EventBridge puts them into the queue. One's failure is its own: it comes again, and in the end lies with the dead letters. */
export function eventsHandler(
  deps: EventDeps & { readonly logger: JobLog },
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records }) => {
    const failed: { itemIdentifier: string }[] = []
    for (let from = 0; from < Records.length; from += AT_ONCE) {
      const some = Records.slice(from, from + AT_ONCE)
      const taken = await Promise.all(some.map((record) => takeOne(deps, record)))
      some.forEach((record, index) => {
        if (!taken[index]) failed.push({ itemIdentifier: record.messageId })
      })
    }
    return { batchItemFailures: failed }
  }
}

async function takeOne(deps: EventDeps & { readonly logger: JobLog }, record: SQSRecord): Promise<boolean> {
  const { messageId } = record
  try {
    const event = parseStageEvent(JSON.parse(record.body))
    if (!event.ok) {
      deps.logger.warn('event_malformed', { messageId })
      return false
    }
    const outcome = await takeEvent(deps, event.value)
    deps.logger.info('event', { messageId, eventId: event.value.id, kind: event.value.kind, outcome })
    return true
  } catch (error) {
    deps.logger.warn('event_failed', { messageId, error: error instanceof Error ? error.name : 'unknown' })
    return false
  }
}
