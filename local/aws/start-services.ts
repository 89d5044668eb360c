import { randomBytes, randomUUID } from 'node:crypto'
import type { TwinClock } from '../clock.ts'
import type { TwinMemory } from '../data-directory.ts'
import type { Deployment } from '../deployment/deployment.ts'
import { createEventBridge, type EventBridge } from '../events/event-bridge.ts'
import { createLocalIvs, type LocalIvs } from '../ivs/local-ivs.ts'
import type { LogSink } from '../log-sink.ts'
import type { TwinOptions } from '../options.ts'
import { type LocalDynamoDb, startDynamoDb } from './dynamodb.ts'
import type { Faults } from './faults.ts'
import { createIvsService } from './ivs.ts'
import { createPutEvents } from './put-events.ts'
import { createQueues, type Queues, type QueuesState } from './queues.ts'
import { createSecretsManager, type SecretsState } from './secrets-manager.ts'
import type { AwsService } from './service.ts'
import { createSqs } from './sqs.ts'

export interface ServicesOptions {
  readonly twin: TwinOptions
  readonly deployment: Deployment
  readonly clock: TwinClock
  readonly faults: Faults
  readonly log: LogSink
  readonly memory: TwinMemory
  readonly queueUrlOf: (queueName: string) => string
}

export interface Services {
  readonly dynamodb: LocalDynamoDb
  readonly ivs: LocalIvs
  readonly ivsService: AwsService
  readonly secrets: AwsService
  readonly sqs: AwsService
  readonly putEvents: AwsService
  readonly eventBridge: EventBridge
  readonly queues: Queues
}

function createIvs({ twin, deployment, clock, memory }: ServicesOptions, emit: EventBridge['emit']): LocalIvs {
  const ivs: LocalIvs = createLocalIvs({
    clock: clock.now,
    region: deployment.region,
    account: deployment.accountId,
    randomBytes,
    emit,
    assume: twin.assume,
    quotas: twin.quotas,
    onChange: () => memory.writeSoon('ivs', () => ivs.snapshot()),
  })
  const state = memory.read('ivs')
  if (state !== undefined) ivs.restore(state as ReturnType<LocalIvs['snapshot']>)
  return ivs
}

/** The AWS services that the product calls, each with the state an earlier run left in the data directory. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { twin, deployment, clock, faults, log, memory } = options
  const { region, accountId } = deployment
  const path = memory.path('dynamodb')
  const dynamodb = await startDynamoDb({ region, accountId, ...(path === undefined ? {} : { path }) })
  for (const table of deployment.tables) await dynamodb.createTable(table)

  const queuesState = memory.read('queues') as QueuesState | undefined
  const queues: Queues = createQueues(deployment.queues, {
    now: clock.now,
    onChange: () => memory.writeSoon('queues', () => queues.snapshot()),
    ...(queuesState ? { state: queuesState } : {}),
  })
  const eventBridge = createEventBridge({ deployment, queues, faults, clock, log })
  const ivs = createIvs(options, eventBridge.emit)
  const secretsState = memory.read('secrets') as SecretsState | undefined
  const secrets = createSecretsManager({
    region,
    accountId,
    now: clock.now,
    randomId: randomUUID,
    onChange: (state) => memory.write('secrets', state),
    ...(secretsState ? { state: secretsState } : {}),
  })
  return {
    dynamodb,
    ivs,
    ivsService: createIvsService({ ivs, missingResourceDenied: twin.missingResourceDenied }),
    secrets,
    sqs: createSqs({ queues, faults, region, accountId, urlOf: options.queueUrlOf }),
    putEvents: createPutEvents({ eventBridge, faults, region, accountId, now: clock.now }),
    eventBridge,
    queues,
  }
}
