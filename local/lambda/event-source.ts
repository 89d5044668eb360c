import { createHash } from 'node:crypto'
import type { Message, Queue } from '../aws/queue.ts'
import { systemAttributesOf } from '../aws/sqs.ts'
import type { TwinClock } from '../clock.ts'
import type { QueueSource } from '../deployment/deployment.ts'
import type { InvokeOutcome } from './function-host.ts'

export interface EventSourceOptions {
  readonly queue: Queue
  readonly source: QueueSource
  readonly queueArn: string
  readonly region: string
  readonly clock: TwinClock
  /** Lambda polls with the function's own role: false where it may not. */
  readonly mayPoll: () => boolean
  readonly invoke: (event: unknown) => Promise<InvokeOutcome>
}

/** `StringValue` on SQS's own wire is `stringValue` in what Lambda is given. */
const inLambda = (attribute: unknown): unknown =>
  Object.fromEntries(
    Object.entries(attribute ?? {}).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  )

const recordOf = (message: Message, { queueArn, region }: EventSourceOptions): unknown => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: systemAttributesOf(message),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, attribute]) => [name, inLambda(attribute)]),
  ),
  md5OfBody: createHash('md5').update(message.body).digest('hex'),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
})

/**
 * The message ids a run did not handle; all of them where it failed, or where its report makes no sense (Lambda Developer
 * Guide, "Implementing partial batch responses").
 */
function failedIds(outcome: InvokeOutcome, batch: readonly Message[], reports: boolean): ReadonlySet<string> {
  const all = new Set(batch.map(({ id }) => id))
  if (outcome.kind !== 'answered') return all
  const failures = (outcome.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures
  if (!reports || failures === undefined || failures === null) return new Set()
  if (!Array.isArray(failures)) return all
  const named = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier)
  return named.every((id) => typeof id === 'string' && all.has(id)) ? new Set(named as string[]) : all
}

/** Feeds a queue's messages to a function in batches; what it does not handle shows again after the visibility timeout. */
export function startEventSource(options: EventSourceOptions): { stop(): void } {
  const { queue, source, clock } = options
  let running = 0
  let stopped = false
  let cancelWait = (): void => undefined

  const deliver = async (batch: readonly Message[]): Promise<void> => {
    running += 1
    try {
      const outcome = await options.invoke({ Records: batch.map((message) => recordOf(message, options)) })
      const failed = failedIds(outcome, batch, source.reportsItemFailures)
      if (stopped) return
      for (const { id, receipt } of batch) if (!failed.has(id) && receipt !== undefined) queue.delete(receipt)
    } finally {
      running -= 1
      pump()
    }
  }

  const pump = (): void => {
    while (!stopped && running < source.maximumConcurrency && !queue.isEmpty()) {
      if (!options.mayPoll()) return
      const batch = queue.receive(source.batchSize)
      if (batch.length > 0) void deliver(batch)
    }
    cancelWait()
    const next = stopped ? undefined : queue.nextVisibleIn()
    if (next !== undefined) cancelWait = clock.after(next, pump)
  }

  let woken = false
  /** Several messages sent together make one batch; a window, where there is one, waits for more of them. */
  const wake = (): void => {
    if (woken) return
    woken = true
    const go = (): void => {
      woken = false
      pump()
    }
    if (source.batchingWindowSeconds > 0) clock.after(source.batchingWindowSeconds * 1000, go)
    else setImmediate(go)
  }
  queue.onArrival(wake)
  wake()
  return {
    stop: () => {
      stopped = true
      cancelWait()
    },
  }
}
