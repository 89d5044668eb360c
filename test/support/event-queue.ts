import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { LocalInfo } from '../../local/control/control.ts'
import { ADMIN_ACCESS_KEY_ID } from '../../local/lambda/access-key.ts'

const COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const

/** How many events of IVS wait in the stack's queue or are being taken in, and how many lie with its dead letters. */
export function eventQueue({ region, sqs }: LocalInfo) {
  const credentials = { accessKeyId: ADMIN_ACCESS_KEY_ID, secretAccessKey: 'local' }
  const client = new SQSClient({ region, credentials, endpoint: sqs })
  const size = async (name: string): Promise<number> => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: `stagedoor-local-${name}` }))
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] }))
    return COUNTS.reduce((sum, count) => sum + Number(Attributes?.[count] ?? 0), 0)
  }
  return {
    waiting: () => size('StageEventsQueue'),
    dead: () => size('StageEventsDeadLetters'),
    close: () => client.destroy(),
  }
}
