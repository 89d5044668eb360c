import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { JobLog } from '../lambda/job.ts'
import { type CarryOutDeps, carryOut, parseDisconnects } from './carry-out.ts'

/** One message's failure is its own: it comes again, and in the end lies with the dead letters. */
export function disconnectsHandler(
  deps: CarryOutDeps & { readonly logger: JobLog },
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records }) => {
    const failed: { itemIdentifier: string }[] = []
    for (const record of Records) {
      if (!(await done(deps, record))) failed.push({ itemIdentifier: record.messageId })
    }
    return { batchItemFailures: failed }
  }
}

async function done(deps: CarryOutDeps & { readonly logger: JobLog }, record: SQSRecord): Promise<boolean> {
  const { messageId } = record
  try {
    const disconnects = parseDisconnects(record.body)
    await carryOut(deps, disconnects)
    const participants = disconnects.map(({ participantId, reason }) => ({ participantId, reason }))
    deps.logger.info('disconnected', { messageId, participants })
    return true
  } catch (error) {
    deps.logger.warn('disconnect_failed', { messageId, error: error instanceof Error ? error.name : 'unknown' })
    return false
  }
}
