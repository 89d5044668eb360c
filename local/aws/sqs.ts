import { createHash } from 'node:crypto'
import {
  AwsJsonError,
  type AwsJsonProtocol,
  answerJson,
  type Input,
  inputOf,
  operationOf,
  refusalAnswer,
} from './aws-json.ts'
import type { Faults } from './faults.ts'
import type { Message, Queue } from './queue.ts'
import type { Queues } from './queues.ts'
import type { AwsCall, AwsRequest, AwsService } from './service.ts'

const PROTOCOL: AwsJsonProtocol = {
  contentType: 'application/x-amz-json-1.0',
  errors: {
    denied: { status: 403, type: 'com.amazon.coral.service#AccessDeniedException' },
    unsigned: { status: 403, type: 'com.amazon.coral.service#MissingAuthenticationTokenException' },
    throttled: { status: 400, type: 'com.amazonaws.sqs#RequestThrottled' },
    broken: { status: 500, type: 'com.amazon.coral.service#InternalFailure' },
  },
}

/** SQS's limits on one message and on a batch (both in bytes of the bodies together), on a batch's size and on a delay. */
const MAX_BYTES = 1_048_576
const MAX_BATCH = 10
const MAX_DELAY_SECONDS = 900
const MAX_VISIBILITY_SECONDS = 43_200

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const isRecord = (value: unknown): value is Input => typeof value === 'object' && value !== null

function sent(queue: Queue, input: Input): { MessageId: string; MD5OfMessageBody: string } {
  const { MessageBody: body, DelaySeconds: delay, MessageAttributes: attributes } = input
  if (typeof body !== 'string' || body === '')
    throw new AwsJsonError('com.amazonaws.sqs#MissingParameter', 'The request must contain the parameter MessageBody.')
  if (Buffer.byteLength(body) > MAX_BYTES)
    throw new AwsJsonError('com.amazonaws.sqs#InvalidParameterValue', 'One or more parameters are invalid: too long.')
  if (delay !== undefined && !(Number(delay) >= 0 && Number(delay) <= MAX_DELAY_SECONDS))
    throw new AwsJsonError('com.amazonaws.sqs#InvalidParameterValue', 'DelaySeconds must be between 0 and 900.')
  const seconds = delay === undefined ? undefined : Number(delay)
  const { id } = queue.send(body, isRecord(attributes) ? attributes : {}, seconds)
  return { MessageId: id, MD5OfMessageBody: md5(body) }
}

function sentBatch(queue: Queue, input: Input, faults: Faults): unknown {
  const entries = (Array.isArray(input.Entries) ? input.Entries : []).filter(isRecord)
  if (entries.length === 0)
    throw new AwsJsonError('com.amazonaws.sqs#EmptyBatchRequest', 'There should be at least one entry in the request.')
  if (entries.length > MAX_BATCH)
    throw new AwsJsonError('com.amazonaws.sqs#TooManyEntriesInBatchRequest', 'Maximum number of entries is 10.')
  if (new Set(entries.map(({ Id }) => Id)).size !== entries.length)
    throw new AwsJsonError('com.amazonaws.sqs#BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.')
  const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(String(MessageBody ?? '')), 0)
  if (bytes > MAX_BYTES)
    throw new AwsJsonError('com.amazonaws.sqs#BatchRequestTooLong', 'The batch is longer than allowed.')
  const failing = entries.filter(() => faults.draw('sqs', 'SendMessageBatch', ['partial']))
  const taken = entries.filter((entry) => !failing.includes(entry))
  return {
    Successful: taken.map((entry) => ({ Id: entry.Id, ...sent(queue, entry) })),
    Failed: failing.map(({ Id }) => ({ Id, Code: 'InternalError', Message: 'Failed on purpose.', SenderFault: false })),
  }
}

/** A message's system attributes: text, whatever they count. */
export const systemAttributesOf = (message: Message): Record<string, string> => ({
  ApproximateReceiveCount: String(message.receiveCount),
  SentTimestamp: String(message.sentAt),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  SenderId: 'AIDALOCAL',
})

function received(queue: Queue, input: Input): unknown {
  const timeout = input.VisibilityTimeout === undefined ? undefined : Number(input.VisibilityTimeout)
  const messages = queue.receive(Number(input.MaxNumberOfMessages ?? 1), timeout)
  return {
    Messages: messages.map((message) => ({
      MessageId: message.id,
      ReceiptHandle: message.receipt,
      Body: message.body,
      MD5OfBody: md5(message.body),
      Attributes: systemAttributesOf(message),
      MessageAttributes: message.attributes,
    })),
  }
}

function hidden(queue: Queue, input: Input): undefined {
  const seconds = Number(input.VisibilityTimeout)
  if (!(seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS))
    throw new AwsJsonError('com.amazonaws.sqs#InvalidParameterValue', 'VisibilityTimeout must be between 0 and 43200.')
  if (!queue.hide(String(input.ReceiptHandle), seconds))
    throw new AwsJsonError('com.amazonaws.sqs#ReceiptHandleIsInvalid', 'The input receipt handle is invalid.')
}

/** The redrive of dead letters, done at once; AWS takes its time over it. */
function moved(queues: Queues, input: Input): unknown {
  const nameAt = (arn: unknown): string => String(arn).split(':').at(-1) ?? ''
  const source = queues.get(nameAt(input.SourceArn))
  const to = input.DestinationArn === undefined ? undefined : queues.get(nameAt(input.DestinationArn))
  if (!source || (input.DestinationArn !== undefined && !to))
    throw new AwsJsonError('com.amazonaws.sqs#ResourceNotFoundException', 'There is no such queue.', 404)
  source.redrive(queues.get, to)
  return { TaskHandle: Buffer.from(source.definition.name).toString('base64') }
}

const attributesOf = (queue: Queue, arn: string): unknown => ({
  Attributes: {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(queue.visible()),
    ApproximateNumberOfMessagesNotVisible: String(queue.size() - queue.visible()),
    VisibilityTimeout: String(queue.definition.visibilityTimeoutSeconds),
  },
})

export interface SqsOptions {
  readonly queues: Queues
  readonly faults: Faults
  readonly region: string
  readonly accountId: string
  readonly urlOf: (queueName: string) => string
}

/** SQS, as far as the product uses it, and as far as a test needs to look into a queue. */
export function createSqs({ queues, faults, region, accountId, urlOf }: SqsOptions): AwsService {
  const nameIn = (input: Input): string =>
    String(input.QueueUrl ?? input.QueueName ?? input.SourceArn ?? '')
      .split(/[/:]/)
      .at(-1) ?? ''
  const arnOf = (input: Input): string => `arn:aws:sqs:${region}:${accountId}:${nameIn(input)}`
  const get = (input: Input): Queue => {
    const queue = queues.get(nameIn(input))
    if (queue) return queue
    const type = 'com.amazonaws.sqs#QueueDoesNotExist'
    throw new AwsJsonError(type, 'The specified queue does not exist.', 400, {
      'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
    })
  }
  const operations = {
    SendMessage: (input: Input) => sent(get(input), input),
    SendMessageBatch: (input: Input) => sentBatch(get(input), input, faults),
    ReceiveMessage: (input: Input) => received(get(input), input),
    DeleteMessage: (input: Input) => {
      get(input).delete(String(input.ReceiptHandle))
    },
    ChangeMessageVisibility: (input: Input) => hidden(get(input), input),
    StartMessageMoveTask: (input: Input) => moved(queues, input),
    GetQueueAttributes: (input: Input) => attributesOf(get(input), arnOf(input)),
    GetQueueUrl: (input: Input) => ({ QueueUrl: urlOf(get(input).definition.name) }),
  }

  const describe = (request: AwsRequest): AwsCall | undefined => {
    const operation = operationOf(request)
    if (!Object.hasOwn(operations, operation)) return undefined
    const resources = [arnOf(inputOf(request))]
    // A batch needs the right to the single operation.
    return { operation, actions: [`sqs:${operation.replace(/Batch$/, '')}`], resources, context: {} }
  }

  return {
    name: 'sqs',
    describe,
    perform: (request) => answerJson(PROTOCOL, operations, request),
    refuse: (error, message) => refusalAnswer(PROTOCOL, error, message),
  }
}
