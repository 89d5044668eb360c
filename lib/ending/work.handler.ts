import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { JobLog } from '../lambda/job.ts'
import type { Clock } from '../time.ts'
import { type CarryOutDeps, carryOut } from './carry-out.ts'
import type { Disconnector } from './disconnector.ts'
import type { Endings, Place } from './ending.ts'
import { type LookDeps, lookFor } from './look.ts'
import type { Lookout } from './lookout.ts'
import { type Message, parseMessage } from './message.ts'
import { type DemotionDeps, settleDemotion } from './settle-demotion.ts'
import { watchIds } from './watch.ts'

export interface EndingsDeps extends CarryOutDeps, LookDeps, DemotionDeps {
  readonly lookout: Lookout
  readonly endings: Endings
  /**
   * Whether a stage's record no longer names this IVS stage. Then nobody is on it, and IAM would deny the question: an IVS
   * stage that is gone has no tags that say it was ours.
   */
  readonly isGone: (place: Place) => Promise<boolean>
  readonly clock: Clock
  readonly logger: JobLog
}

/** One message's failure is its own: it comes again, and in the end lies with the dead letters. */
export function endingsHandler(deps: EndingsDeps): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records }) => {
    const failed: { itemIdentifier: string }[] = []
    for (const record of Records) {
      if (!(await done(deps, record))) failed.push({ itemIdentifier: record.messageId })
    }
    return { batchItemFailures: failed }
  }
}

async function done(deps: EndingsDeps, record: SQSRecord): Promise<boolean> {
  const { messageId } = record
  try {
    const message = parseMessage(record.body)
    await take(deps, message, Number(record.attributes.SentTimestamp))
    deps.logger.info('ended', { messageId, kind: message.kind, ...aboutOf(message) })
    return true
  } catch (error) {
    deps.logger.warn('ending_failed', { messageId, error: error instanceof Error ? error.name : 'unknown' })
    return false
  }
}

async function take(deps: EndingsDeps, message: Message, sentAt: number): Promise<void> {
  switch (message.kind) {
    case 'ending':
      return carryOut({ ...deps, disconnector: whereThereIsOne(deps) }, message.ending, sentAt)
    case 'watch':
      return (await deps.isGone(message.watching)) ? undefined : watchIds(deps, message.watching, deps.clock())
    case 'look':
      return (await deps.isGone(message.look)) ? undefined : lookFor(deps, message.look, deps.clock())
    case 'demotion':
      return (await deps.isGone(message.demotion)) ? undefined : settleDemotion(deps, message.demotion)
  }
}

const whereThereIsOne = ({ disconnector, isGone }: EndingsDeps): Disconnector => ({
  async disconnect(ending) {
    if (!(await isGone(ending))) await disconnector.disconnect(ending)
  },
})

const aboutOf = (message: Message): Readonly<Record<string, unknown>> =>
  message.kind === 'ending' ? { participantId: message.ending.participantId, reason: message.ending.reason } : {}
