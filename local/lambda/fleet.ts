import type { Queues } from '../aws/queues.ts'
import type { AwsCall } from '../aws/service.ts'
import type { Roles } from '../aws/statement-use.ts'
import type { TwinClock } from '../clock.ts'
import type { Deployment, FunctionDefinition, QueueSource } from '../deployment/deployment.ts'
import type { LogSink } from '../log-sink.ts'
import { createAsyncInvoke } from './async-invoke.ts'
import { startEventSource } from './event-source.ts'
import type { FunctionHost, InvokeOutcome } from './function-host.ts'
import { startSchedules } from './schedules.ts'

export interface FleetOptions {
  readonly deployment: Deployment
  readonly hosts: ReadonlyMap<string, FunctionHost>
  readonly queues: Queues
  readonly roles: Roles
  readonly clock: TwinClock
  readonly log: LogSink
}

export interface Fleet {
  invoke(functionName: string, event: unknown): Promise<InvokeOutcome>
  /** Lets queues and schedules run their functions. */
  start(): void
  stop(): Promise<void>
}

const callOf = (service: string, operations: readonly string[], resource: string): AwsCall => ({
  operation: operations.join(','),
  actions: operations.map((operation) => `${service}:${operation}`),
  resources: [resource],
  context: {},
})

/** All functions, and what Lambda itself does for them with their roles: writing logs, polling queues, reporting failures. */
export function createFleet(options: FleetOptions): Fleet {
  const { deployment, hosts, queues, roles, clock, log } = options
  const { region, accountId, service, stage } = deployment
  const queueArn = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`
  const running: { stop(): void }[] = []

  /** Says so when the role does not let Lambda do its part, as nothing else would. */
  const may = (functionName: string, call: AwsCall): boolean => {
    const { allowed } = roles.judge(functionName, call)
    if (!allowed) log('twin', `the role of "${functionName}" does not allow ${call.actions.join(', ')}`)
    return allowed
  }

  const invoke = async (functionName: string, event: unknown): Promise<InvokeOutcome> => {
    const host = hosts.get(functionName)
    if (!host) throw new Error(`there is no function "${functionName}"`)
    const group = `log-group:/aws/lambda/${service}-${stage}-${functionName}:log-stream:local`
    may(
      functionName,
      callOf('logs', ['CreateLogStream', 'PutLogEvents'], `arn:aws:logs:${region}:${accountId}:${group}`),
    )
    return host.invoke(event)
  }

  const startSource = (definition: FunctionDefinition, source: QueueSource): void => {
    const queue = queues.get(source.queueName)
    if (!queue) throw new Error(`serverless.yml: "${definition.name}" listens to a queue that is not there`)
    const poll = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']
    const arn = queueArn(source.queueName)
    const mayPoll = (): boolean => may(definition.name, callOf('sqs', poll, arn))
    const run = (event: unknown): Promise<InvokeOutcome> => invoke(definition.name, event)
    running.push(startEventSource({ queue, source, queueArn: arn, region, clock, mayPoll, invoke: run }))
  }

  const runAsync = (definition: FunctionDefinition, event: unknown): void => {
    const { name, onFailureQueueName: target } = definition
    const onFailure = (record: string): void => {
      log(name, 'a run failed for good')
      if (target !== undefined && may(name, callOf('sqs', ['SendMessage'], queueArn(target))))
        queues.get(target)?.send(record)
    }
    const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${service}-${stage}-${name}`
    const run = (given: unknown): Promise<InvokeOutcome> => invoke(name, given)
    createAsyncInvoke({ clock, invoke: run, retries: definition.asyncRetries, functionArn, onFailure })(event)
  }

  return {
    invoke,
    start: () => {
      for (const definition of deployment.functions) {
        for (const source of definition.queueSources) startSource(definition, source)
      }
      startSchedules({ deployment, clock, run: runAsync })
    },
    stop: async () => {
      for (const one of running) one.stop()
      await Promise.all([...hosts.values()].map((host) => host.stop()))
    },
  }
}
