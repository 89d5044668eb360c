import type { Endings, Looks } from '../ending/ending.ts'
import { createEndings } from '../ending/endings.ts'
import type { QueueName, Queues } from '../ending/queues.ts'
import { once } from './once.ts'

/** The environment names of our queues, as a function's settings. */
export const QUEUES = {
  URGENT_ENDINGS_QUEUE_URL: 'required',
  ENDINGS_QUEUE_URL: 'required',
  LATER_QUEUE_URL: 'required',
} as const

/** Where whatever ends is sent. */
export const openEndings = (settings: Readonly<Record<keyof typeof QUEUES, string>>): Endings & Looks =>
  createEndings(
    queuesOnDemand({
      urgent: settings.URGENT_ENDINGS_QUEUE_URL,
      ordinary: settings.ENDINGS_QUEUE_URL,
      later: settings.LATER_QUEUE_URL,
    }),
  )

/** Most requests end nobody: the client is loaded at the first ending. */
function queuesOnDemand(urls: Readonly<Record<QueueName, string>>): Queues {
  const queues = once(async () => (await import('../ending/queues.sqs.ts')).openQueues(urls))
  return { send: async (queue, message, delaySeconds) => (await queues()).send(queue, message, delaySeconds) }
}
