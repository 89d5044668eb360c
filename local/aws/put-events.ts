import { randomUUID } from 'node:crypto'
import { busNameOf, DEFAULT_BUS } from '../deployment/names.ts'
import { isTree } from '../deployment/tree.ts'
import type { BusEvent } from '../events/event.ts'
import type { EventBridge } from '../events/event-bridge.ts'
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
import type { AwsCall, AwsRequest, AwsService } from './service.ts'

const PROTOCOL: AwsJsonProtocol = {
  contentType: 'application/x-amz-json-1.1',
  errors: {
    denied: { status: 400, type: 'AccessDeniedException' },
    unsigned: { status: 400, type: 'MissingAuthenticationTokenException' },
    throttled: { status: 400, type: 'ThrottlingException' },
    broken: { status: 500, type: 'InternalException' },
  },
}

const MAX_ENTRIES = 10
/** Of all entries together. EventBridge has allowed more for some time; not everywhere. */
const MAX_BYTES = 262_144
/** What EventBridge counts for an entry's time. */
const TIME_BYTES = 14

export interface PutEventsOptions {
  readonly eventBridge: EventBridge
  readonly faults: Faults
  readonly region: string
  readonly accountId: string
  readonly now: () => number
}

/** Why one entry was not taken; the others are. */
interface EntryError {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

const textIn = (entry: Input, member: string): string | undefined => {
  const value = entry[member]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const busIn = (entry: Input): string => busNameOf(textIn(entry, 'EventBusName') ?? DEFAULT_BUS)

const resourcesIn = ({ Resources: resources }: Input): readonly string[] =>
  Array.isArray(resources) ? resources.map(String) : []

function detailOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const detail: unknown = JSON.parse(text)
    return isTree(detail) ? detail : undefined
  } catch {
    return undefined
  }
}

function bytesOf(entry: Input): number {
  const texts = ['Source', 'DetailType', 'Detail'].map((member) => textIn(entry, member) ?? '')
  const bytes = [...texts, ...resourcesIn(entry)].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return bytes + (entry.Time === undefined ? 0 : TIME_BYTES)
}

function entriesIn(input: Input): readonly Input[] {
  const entries = (Array.isArray(input.Entries) ? input.Entries : []).filter(isTree)
  if (entries.length === 0 || entries.length > MAX_ENTRIES)
    throw new AwsJsonError(
      'ValidationException',
      `1 validation error detected: 'entries' must have 1 to ${MAX_ENTRIES}.`,
    )
  if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > MAX_BYTES)
    throw new AwsJsonError('ValidationException', 'Total size of the entries in the request is over the limit.')
  return entries
}

function eventOf(entry: Input, { eventBridge, region, accountId, now }: PutEventsOptions): BusEvent | EntryError {
  for (const member of ['Source', 'DetailType', 'Detail']) {
    if (textIn(entry, member) === undefined)
      return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${member} is not valid. Reason: it is required.` }
  }
  const source = textIn(entry, 'Source') ?? ''
  const detail = detailOf(textIn(entry, 'Detail') ?? '')
  if (source.startsWith('aws.'))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' }
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  if (!eventBridge.has(busIn(entry)))
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter EventBusName is not valid. Reason: no such bus.' }
  const time = typeof entry.Time === 'number' ? entry.Time * 1000 : now()
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': textIn(entry, 'DetailType') ?? '',
    source,
    account: accountId,
    time: `${new Date(time).toISOString().slice(0, 19)}Z`,
    region,
    resources: resourcesIn(entry),
    detail,
  }
}

function putEvents(options: PutEventsOptions, input: Input): unknown {
  const results = entriesIn(input).map((entry) => {
    const event = eventOf(entry, options)
    if ('ErrorCode' in event) return event
    if (options.faults.draw('eventbridge', ['PutEvents', event['detail-type']], ['partial']))
      return { ErrorCode: 'InternalFailure', ErrorMessage: 'The entry failed on purpose.' }
    options.eventBridge.put(busIn(entry), event)
    return { EventId: event.id }
  })
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results }
}

/** EventBridge, as far as the product uses it: events are put on buses of the deployment. */
export function createPutEvents(options: PutEventsOptions): AwsService {
  const { region, accountId } = options
  const operations = { PutEvents: (input: Input) => putEvents(options, input) }

  const describe = (request: AwsRequest): AwsCall | undefined => {
    const operation = operationOf(request)
    if (!Object.hasOwn(operations, operation)) return undefined
    const { Entries: listed } = inputOf(request)
    const entries = (Array.isArray(listed) ? listed : []).filter(isTree)
    const buses = new Set((entries.length === 0 ? [{}] : entries).map(busIn))
    const values = (member: string): string[] => entries.flatMap((entry) => textIn(entry, member) ?? [])
    return {
      operation,
      actions: ['events:PutEvents'],
      resources: [...buses].map((bus) => `arn:aws:events:${region}:${accountId}:event-bus/${bus}`),
      context: { 'events:source': values('Source'), 'events:detail-type': values('DetailType') },
    }
  }

  return {
    name: 'eventbridge',
    describe,
    perform: (request) => answerJson(PROTOCOL, operations, request),
    refuse: (error, message) => refusalAnswer(PROTOCOL, error, message),
  }
}
