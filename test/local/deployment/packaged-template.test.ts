import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Deployment } from '../../../local/deployment/deployment.ts'
import { type Intrinsics, intrinsicsOf } from '../../../local/deployment/intrinsics.ts'
import { logicalNameOf } from '../../../local/deployment/names.ts'
import { readDeployment } from '../../../local/deployment/read-deployment.ts'
import { type Packaged, packageService, type Resource } from '../../deploy/packaged.ts'

const ACCOUNT = '123456789012'
const queueUrlOf = (name: string) => `http://q/${name}`

let packaged: Packaged
let deployment: Deployment
let intrinsics: Intrinsics

beforeAll(async () => {
  const directory = join(import.meta.dirname, '../../..')
  packaged = await packageService('local')
  deployment = await readDeployment({ directory, stage: 'local', accountId: ACCOUNT, env: {}, queueUrlOf })
  const { region, service } = deployment
  const names = deployment.functions.map(({ name }) => name)
  intrinsics = intrinsicsOf({ ...packaged.template }, names, {
    region,
    accountId: ACCOUNT,
    service,
    stage: 'local',
    queueUrlOf,
  })
})
afterAll(() => packaged.remove())

const resourcesOf = (type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(packaged.template.Resources).filter(([, { Type }]) => Type === type)

/** Everything under a name, as CloudFormation would see it. */
const resolved = <T>(node: unknown): T => intrinsics.resolve(node) as T

interface LambdaProperties {
  readonly Handler: string
  readonly Timeout: number
  readonly MemorySize: number
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> }
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] }
}

const lambdaOf = (name: string): LambdaProperties =>
  packaged.template.Resources[`${logicalNameOf(name)}LambdaFunction`]?.Properties as unknown as LambdaProperties

it('has the functions that are deployed, as they are deployed', () => {
  const packagedNames = resourcesOf('AWS::Lambda::Function').map(([id]) => id)
  expect(deployment.functions.map(({ name }) => `${logicalNameOf(name)}LambdaFunction`).sort()).toEqual(
    packagedNames.sort(),
  )
  for (const { name, handler, timeoutSeconds, memoryMegabytes, environment } of deployment.functions) {
    const { Handler, Timeout, MemorySize, Environment } = lambdaOf(name)
    expect({ handler, timeoutSeconds, memoryMegabytes }, name).toEqual({
      handler: Handler,
      timeoutSeconds: Timeout,
      memoryMegabytes: MemorySize,
    })
    expect(environment, name).toEqual(resolved(Environment?.Variables ?? {}))
  }
})

it('has the routes that are deployed, each on its function', () => {
  const deployed = resourcesOf('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
    const target = JSON.stringify(Properties.Target)
    const integration = /HttpApiIntegration(\w+)/.exec(target)?.[1]
    return `${Properties.RouteKey} → ${integration}`
  })
  const local = deployment.functions.flatMap(({ name, routes }) =>
    routes.map(({ method, path }) => `${method} ${path} → ${logicalNameOf(name)}`),
  )
  expect(local.sort()).toEqual(deployed.sort())
})

it('judges by the statements that are deployed', () => {
  interface Document {
    readonly PolicyDocument: { readonly Statement: readonly Readonly<Record<string, unknown>>[] }
  }
  const list = (value: unknown) => [value].flat()
  for (const { name, statements } of deployment.functions) {
    const [roleId] = lambdaOf(name).Role['Fn::GetAtt']
    const policies = packaged.template.Resources[roleId]?.Properties.Policies as readonly Document[]
    const deployed = policies.flatMap(({ PolicyDocument }) =>
      resolved<Document['PolicyDocument']>(PolicyDocument).Statement.map(
        ({ Sid, Effect, Action, Resource: on, Condition = {} }) => ({
          sid: Sid,
          effect: Effect,
          actions: list(Action),
          resources: list(on),
          conditions: Object.fromEntries(
            Object.entries(Condition as object).map(([operator, keys]) => [
              operator,
              Object.fromEntries(Object.entries(keys as object).map(([key, values]) => [key, list(values)])),
            ]),
          ),
        }),
      ),
    )
    expect(statements, name).toEqual(deployed)
  }
})

it('has the event sources and schedules that are deployed', () => {
  const sources = deployment.functions.flatMap(({ queueSources }) => queueSources)
  const deployed = resourcesOf('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => {
    const { BatchSize, EventSourceArn, FunctionResponseTypes, ScalingConfig } =
      resolved<Record<string, unknown>>(Properties)
    return {
      queueName: String(EventSourceArn).split(':').at(-1),
      batchSize: BatchSize,
      batchingWindowSeconds: 0,
      maximumConcurrency: (ScalingConfig as { MaximumConcurrency: number }).MaximumConcurrency,
      reportsItemFailures: String(FunctionResponseTypes).includes('ReportBatchItemFailures'),
    }
  })
  expect(sources).toEqual(deployed)
  const rules = resourcesOf('AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.ScheduleExpression ?? [])
  expect(deployment.functions.flatMap(({ schedules }) => schedules.map(({ expression }) => expression))).toEqual(rules)
})

it('has the buses and rules that are deployed, with the rights to deliver', () => {
  expect(deployment.buses).toEqual(resourcesOf('AWS::Events::EventBus').map(([, { Properties }]) => Properties.Name))
  const deployed = resourcesOf('AWS::Events::Rule').filter(([, { Properties }]) => Properties.EventPattern)
  expect(
    deployment.rules.map(({ name, pattern, enabled, targets }) => ({
      ...{ name, pattern, enabled },
      targets: targets.map(({ queueName, deadLetterQueueName, retries }) => ({
        Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${queueName}`,
        DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${deadLetterQueueName}` },
        RetryPolicy: { MaximumEventAgeInSeconds: retries.maxAgeSeconds, MaximumRetryAttempts: retries.maxAttempts },
      })),
    })),
  ).toEqual(
    deployed.map(([id, { Properties }]) => ({
      name: intrinsics.nameOf(id),
      pattern: Properties.EventPattern,
      enabled: Properties.State !== 'DISABLED',
      targets: resolved<Record<string, unknown>[]>(Properties.Targets).map(({ Id: _, ...target }) => target),
    })),
  )
  const policies = resourcesOf('AWS::SQS::QueuePolicy').map(([, { Properties }]) =>
    resolved<{ Queues: string[]; PolicyDocument: { Statement: readonly object[] } }>(Properties),
  )
  for (const { name, policy } of deployment.queues) {
    const own = policies.find(({ Queues }) => Queues.includes(queueUrlOf(name)))?.PolicyDocument.Statement ?? []
    expect(policy, name).toHaveLength(own.length)
    for (const [index, statement] of own.entries()) {
      const { principals, actions, resources, conditions } = policy[index] ?? {}
      expect({
        Principal: { Service: principals?.[0] },
        Action: actions,
        Resource: resources,
        Condition: conditions && { ArnEquals: { 'aws:SourceArn': conditions.ArnEquals?.['aws:SourceArn']?.[0] } },
      }).toMatchObject(
        Object.fromEntries(Object.entries(statement).filter(([key]) => key !== 'Sid' && key !== 'Effect')),
      )
    }
  }
})

it('says of every kind of resource it leaves out that it does', async () => {
  const docs = await readFile(join(import.meta.dirname, '../../../docs/twin.md'), 'utf8')
  const [, left = ''] = /^## What is left out$([\s\S]*?)(?=^## )/m.exec(docs) ?? []
  const leftOut = new Set(left.match(/AWS::\w+::\w+/g))
  const read = new Set([
    ...['AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::Stage'],
    ...[
      'AWS::DynamoDB::Table',
      'AWS::Events::EventBus',
      'AWS::Events::Rule',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
    ],
    ...[
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
    ],
  ])
  const types = new Set(Object.values(packaged.template.Resources).map(({ Type }) => Type))
  expect([...types].filter((type) => !read.has(type) && !leftOut.has(type))).toEqual([])
  expect([...leftOut].filter((type) => read.has(type))).toEqual([])
})

it('speaks CORS and throttles as deployed', () => {
  const [, api] = resourcesOf('AWS::ApiGatewayV2::Api')[0] ?? []
  const cors = api?.Properties.CorsConfiguration as Readonly<Record<string, unknown>>
  expect(deployment.cors).toEqual({
    allowedOrigins: cors.AllowOrigins ?? [],
    allowedHeaders: cors.AllowHeaders,
    allowedMethods: cors.AllowMethods,
    exposedHeaders: cors.ExposeHeaders,
    allowCredentials: cors.AllowCredentials ?? false,
    maxAgeSeconds: cors.MaxAge,
  })
  const [, stage] = resourcesOf('AWS::ApiGatewayV2::Stage')[0] ?? []
  const settings = stage?.Properties.RouteSettings as Readonly<Record<string, Record<string, number>>>
  for (const [route, { ThrottlingRateLimit, ThrottlingBurstLimit }] of Object.entries(settings)) {
    expect(deployment.throttles[route], route).toEqual({
      ratePerSecond: ThrottlingRateLimit,
      burst: ThrottlingBurstLimit,
    })
  }
})

it('makes the table and the queues that are deployed', () => {
  const tables = resourcesOf('AWS::DynamoDB::Table')
  expect(deployment.tables.map(({ name }) => name)).toEqual(tables.map(([id]) => intrinsics.nameOf(id)))
  for (const [index, [, { Properties }]] of tables.entries()) {
    expect(Properties).toMatchObject({ ...deployment.tables[index]?.properties })
  }
  const queues = resourcesOf('AWS::SQS::Queue').map(([id, { Properties }]) => [
    intrinsics.nameOf(id),
    Properties.VisibilityTimeout ?? 30,
  ])
  expect(deployment.queues.map((queue) => [queue.name, queue.visibilityTimeoutSeconds])).toEqual(queues)
})
