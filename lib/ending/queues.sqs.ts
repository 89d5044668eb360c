import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { Fault } from '../fault.ts'
import { writeMessage } from './message.ts'
import type { QueueName, Queues } from './queues.ts'

const CONNECT_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 2_000
const MAX_ATTEMPTS = 3

/** Region, credentials and endpoint come from the SDK's own variables. */
export function openQueues(urls: Readonly<Record<QueueName, string>>): Queues {
  const client = new SQSClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })
  return {
    async send(queue, message, delaySeconds = 0) {
      const input = { QueueUrl: urls[queue], MessageBody: writeMessage(message), DelaySeconds: delaySeconds }
      await client.send(new SendMessageCommand(input)).catch((error: unknown) => {
        throw new Fault('storage_unavailable', `SQS SendMessage: ${error instanceof Error ? error.name : 'unknown'}`)
      })
    },
  }
}
