import type { FunctionDefinition, QueueSource, RouteDefinition, ScheduleDefinition, Statement } from './deployment.ts'
import type { Intrinsics } from './intrinsics.ts'
import { queueNameOfArn } from './read-resources.ts'
import { statementOf } from './read-statement.ts'
import { listAt, numberAt, type Tree, textAt, textsAt, treeAt } from './tree.ts'

interface Surroundings {
  readonly provider: Tree
  /** With `Resources`, as merged. */
  readonly resources: Tree
  readonly intrinsics: Intrinsics
}

function routeOf(node: unknown): RouteDefinition {
  const route = typeof node === 'string' ? node : `${treeAt(node, 'httpApi').method} ${treeAt(node, 'httpApi').path}`
  const [method = '*', path] = route.trim().split(/\s+/)
  if (path === undefined) throw new Error(`serverless.yml: the route "${route}" is not of the form "METHOD /path"`)
  return { method: method.toUpperCase(), path }
}

function queueSourceOf(node: Tree): QueueSource {
  return {
    queueName: queueNameOfArn(textAt(node.arn, 'sqs.arn')),
    batchSize: numberAt(node.batchSize, 10),
    batchingWindowSeconds: numberAt(node.maximumBatchingWindow, 0),
    maximumConcurrency: numberAt(node.maximumConcurrency, 5),
    reportsItemFailures: node.functionResponseType === 'ReportBatchItemFailures',
  }
}

function schedulesOf(node: unknown): readonly ScheduleDefinition[] {
  if (typeof node === 'string') return [{ expression: node }]
  const schedule = treeAt(node, 'schedule')
  if (schedule.enabled === false) return []
  return textsAt(schedule.rate, 'schedule.rate').map((expression) => ({
    expression,
    ...(schedule.input === undefined ? {} : { input: schedule.input }),
  }))
}

/** The role's logical id; the framework also takes `!GetAtt JoinRole.Arn`. */
function roleIdOf(node: unknown, name: string): string {
  if (typeof node === 'string') return node
  const reference = treeAt(node, `functions.${name}.role`)['Fn::GetAtt']
  return textAt(listAt(reference, `functions.${name}.role`)[0], `functions.${name}.role`)
}

function statementsOf(roleId: string, { resources, intrinsics }: Surroundings): readonly Statement[] {
  const role = treeAt(treeAt(resources.Resources, 'resources.Resources')[roleId], roleId)
  if (role.Type !== 'AWS::IAM::Role') throw new Error(`serverless.yml: there is no role "${roleId}"`)
  const policies = listAt(treeAt(role.Properties, roleId).Policies, `${roleId}.Policies`)
  return policies.flatMap((policy) => {
    const document = treeAt(treeAt(policy, `${roleId}.Policies`).PolicyDocument, `${roleId}.PolicyDocument`)
    return listAt(intrinsics.resolve(document.Statement), `${roleId}.Statement`).map((statement) =>
      statementOf(treeAt(statement, `${roleId}.Statement`)),
    )
  })
}

function environmentOf(node: Tree, { provider, intrinsics }: Surroundings): Record<string, string> {
  const given = {
    ...treeAt(provider.environment, 'provider.environment'),
    ...treeAt(node.environment, 'environment'),
  }
  const resolved = treeAt(intrinsics.resolve(given), 'environment')
  return Object.fromEntries(Object.entries(resolved).map(([key, value]) => [key, textAt(value, `environment.${key}`)]))
}

/** One entry of `functions:`. Throws where its role, a route or an event source is not what the twin (or AWS) can run. */
export function readFunction(name: string, node: Tree, around: Surroundings): FunctionDefinition {
  const { provider, intrinsics } = around
  const events = listAt(node.events, `functions.${name}.events`).map((event) =>
    treeAt(event, `functions.${name}.events`),
  )
  const ofKind = (kind: string): readonly unknown[] =>
    events.filter((event) => event[kind] !== undefined).map((event) => intrinsics.resolve(event[kind]))
  const unknown = events.flatMap(Object.keys).find((kind) => !['httpApi', 'sqs', 'schedule'].includes(kind))
  if (unknown !== undefined) throw new Error(`serverless.yml: the twin cannot deliver "${unknown}" events (${name})`)
  const roleId = roleIdOf(node.role ?? provider.role ?? '', name)
  const destinations = treeAt(intrinsics.resolve(node.destinations), `functions.${name}.destinations`)
  const onFailure = treeAt(destinations.onFailure, 'onFailure').arn
  return {
    name,
    handler: textAt(node.handler, `functions.${name}.handler`),
    timeoutSeconds: numberAt(node.timeout ?? provider.timeout, 6),
    memoryMegabytes: numberAt(node.memorySize ?? provider.memorySize, 1024),
    environment: environmentOf(node, around),
    roleName: intrinsics.nameOf(roleId),
    statements: statementsOf(roleId, around),
    routes: ofKind('httpApi').map(routeOf),
    queueSources: ofKind('sqs').map((source) =>
      queueSourceOf(typeof source === 'string' ? { arn: source } : treeAt(source, 'sqs')),
    ),
    schedules: ofKind('schedule').flatMap(schedulesOf),
    asyncRetries: numberAt(node.maximumRetryAttempts, 2),
    ...(onFailure === undefined ? {} : { onFailureQueueName: queueNameOfArn(textAt(onFailure, 'onFailure.arn')) }),
  }
}
