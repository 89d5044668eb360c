import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { Fault } from '../fault.ts'
import type { DisconnectQueue } from './disconnects.ts'

/** `client` is made when first needed: most requests end nobody, and the client's code is best not even loaded. */
export function createDisconnectQueue(deps: {
  readonly client: () => Promise<Pick<SQSClient, 'send'>>
  readonly queueUrl: string
}): DisconnectQueue {
  return {
    async send(disconnects) {
      if (disconnects.length === 0) return
      try {
        const client = await deps.client()
        const input = { QueueUrl: deps.queueUrl, MessageBody: JSON.stringify(disconnects) }
        await client.send(new SendMessageCommand(input))
      } catch (error) {
        throw new Fault('storage_unavailable', `SQS SendMessage: ${error instanceof Error ? error.name : 'unknown'}`)
      }
    },
  }
}
