import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { GetQueueAttributesCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startTwin } from '../support/twin.ts'

const ACCOUNT = '123456789012'
const region = 'us-east-1'

/** A twin of the small deployment in fixture/, and a developer's clients for it. */
export async function startFixture() {
  const twin = await startTwin({ directory: join(import.meta.dirname, 'fixture'), assume: { readLagMs: 0 } })
  const common = { region, credentials: { accessKeyId: 'AKIADEVELOPER', secretAccessKey: 'x' }, maxAttempts: 1 }
  const clients = {
    dynamodb: new DynamoDBClient({ ...common, endpoint: twin.info.dynamodb }),
    ivs: new IVSRealTimeClient({ ...common, endpoint: twin.info.ivs }),
    sqs: new SQSClient({ ...common, endpoint: twin.info.sqs }),
    eventBridge: new EventBridgeClient({ ...common, endpoint: twin.info.eventbridge }),
  }
  const urlOf = (queue: string): string => `${twin.info.sqs}/${ACCOUNT}/fixture-local-${queue}`
  return {
    twin,
    ...clients,
    urlOf,
    arnOf: (queue: string): string => `arn:aws:sqs:${region}:${ACCOUNT}:fixture-local-${queue}`,
    /** How many messages a queue holds, hidden ones included. */
    async sizeOf(queue: string): Promise<number> {
      const command = new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ['All'] })
      const { Attributes = {} } = await clients.sqs.send(command)
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    },
    async receive(queue: string, VisibilityTimeout = 0): Promise<readonly Message[]> {
      const command = new ReceiveMessageCommand({ QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout })
      return (await clients.sqs.send(command)).Messages ?? []
    },
    async stop(): Promise<void> {
      for (const client of Object.values(clients)) client.destroy()
      await twin.stop()
    },
  }
}

export type FixtureTwin = Awaited<ReturnType<typeof startFixture>>
