import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { Fault } from '../fault.ts'
import type { DisconnectQueue } from './disconnects.ts'

const CONNECT_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 2_000
const MAX_ATTEMPTS = 3

/** One message for all that ended together. Region, credentials and endpoint come from the SDK's own variables. */
export function openDisconnectQueue(queueUrl: string): DisconnectQueue {
  const client = new SQSClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })
  return {
    async send(disconnects) {
      if (disconnects.length === 0) return
      const input = { QueueUrl: queueUrl, MessageBody: JSON.stringify(disconnects) }
      await client.send(new SendMessageCommand(input)).catch((error: unknown) => {
        throw new Fault('storage_unavailable', `SQS SendMessage: ${error instanceof Error ? error.name : 'unknown'}`)
      })
    },
  }
}
