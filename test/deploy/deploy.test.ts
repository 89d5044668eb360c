import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleFaults } from '../../tools/bundle-faults.ts'
import { rightsByFunction } from '../../tools/serverless-yml.ts'
import { packageService, type Resource } from './packaged.ts'

const root = join(import.meta.dirname, '../..')
const { template, templateFile, metafiles, zipped, remove } = await packageService('prod')
const resources = Object.entries(template.Resources)
const ofType = (type: string): [string, Resource][] => resources.filter(([, { Type }]) => Type === type)
const properties = (id: string): Readonly<Record<string, unknown>> => template.Resources[id]?.Properties ?? {}

afterAll(remove)

/** The routes of docs and clients, written down here a second time on purpose. */
const ROUTES: readonly (readonly [route: string, functionName: string])[] = [
  ['GET /v1/health', 'meta'],
  ['GET /v1/openapi.json', 'meta'],
  ['POST /v1/stages/{stageId}/join', 'join'],
  ['POST /v1/stages/{stageId}/participants/{participantId}/token', 'refresh'],
  ['DELETE /v1/stages/{stageId}/participants/{participantId}', 'leave'],
  ['GET /v1/stages/{stageId}', 'stage'],
  ['GET /v1/stages/{stageId}/participants', 'roster'],
  ['GET /v1/stages/{stageId}/sessions', 'roster'],
  ['GET /v1/stages/{stageId}/sessions/{sessionId}/events', 'roster'],
  ['GET /v1/stages/{stageId}/members', 'moderation'],
  ['PUT /v1/stages/{stageId}/members/{userId}', 'moderation'],
  ['DELETE /v1/stages/{stageId}/members/{userId}', 'moderation'],
  ['POST /v1/stages/{stageId}/members/{userId}/kick', 'moderation'],
  ['GET /v1/stages/{stageId}/bans', 'moderation'],
  ['PUT /v1/stages/{stageId}/bans/{userId}', 'moderation'],
  ['DELETE /v1/stages/{stageId}/bans/{userId}', 'moderation'],
  ['GET /v1/stages/{stageId}/explain', 'moderation'],
  ['POST /v1/stages/{stageId}/explain', 'moderation'],
  ['GET /v1/stages/{stageId}/audit', 'moderation'],
  ['GET /v1/stages', 'stages'],
  ['POST /v1/stages', 'stages'],
  ['PATCH /v1/stages/{stageId}', 'stages'],
  ['DELETE /v1/stages/{stageId}', 'stages'],
  ['POST /v1/stages/{stageId}/reset', 'stages'],
]
const FUNCTIONS = [...new Set(ROUTES.map(([, name]) => name)), 'events', 'endings', 'reconcile', 'upkeep']
const functionId = (name: string): string => `${logicalId(name)}LambdaFunction`
const logicalId = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

describe('routes', () => {
  const routes = new Map(
    ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [Properties.RouteKey, Properties]),
  )

  it('are those of the contract, and no other', () => {
    expect([...routes.keys()].sort()).toEqual(ROUTES.map(([route]) => route).sort())
  })

  it.each(ROUTES)('%s → %s', (route, name) => {
    const integration = `HttpApiIntegration${logicalId(name)}`
    expect(routes.get(route)?.Target).toEqual({ 'Fn::Join': ['/', ['integrations', { Ref: integration }]] })
    expect(properties(integration)).toMatchObject({ PayloadFormatVersion: '2.0' })
  })

  it.each(ROUTES)('%s has a throttle of its own', (route) => {
    expect(properties('HttpApiStage').RouteSettings).toHaveProperty([route], {
      ThrottlingRateLimit: expect.any(Number),
      ThrottlingBurstLimit: expect.any(Number),
    })
  })

  it('wait for every route they throttle', () => {
    expect(template.Resources.HttpApiStage).toMatchObject({
      DependsOn: expect.arrayContaining(ofType('AWS::ApiGatewayV2::Route').map(([id]) => id)),
    })
  })
})

describe('the edge', () => {
  it('answers configured origins only, with the headers of the contract', () => {
    expect(properties('HttpApi').CorsConfiguration).toEqual({
      AllowOrigins: expect.not.arrayContaining(['*']),
      AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
      AllowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      ExposeHeaders: ['ETag', 'Retry-After', 'X-Request-Id', 'Idempotency-Replayed'],
      MaxAge: 600,
    })
  })

  it('logs no path, query, header, address or identity', () => {
    const { Format } = properties('HttpApiStage').AccessLogSettings as { Format: string }
    const logged = Object.values(JSON.parse(Format) as Record<string, string>)
    expect(logged).toContain('$context.routeKey')
    expect(logged.join(' ')).not.toMatch(/\$context\.(path|identity|authorizer|http)|header|query|Ip/i)
  })
})

describe('the table', () => {
  it('is kept, encrypted, restorable and tidied', () => {
    expect(template.Resources.Table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      },
    })
  })

  it('has sparse indexes that copy no whole items', () => {
    expect(properties('Table').GlobalSecondaryIndexes).toEqual(
      ['stages', 'members', 'bans'].map((IndexName) =>
        expect.objectContaining({ IndexName, Projection: expect.objectContaining({ ProjectionType: 'INCLUDE' }) }),
      ),
    )
  })
})

describe('queues', () => {
  it.each([
    ['StageEventsQueue', 'events'],
    ['UrgentEndingsQueue', 'endings'],
    ['EndingsQueue', 'endings'],
    ['LaterQueue', 'endings'],
  ])('%s hides a message for longer than its function may take, and sets aside what keeps failing', (queue, name) => {
    const { VisibilityTimeout, RedrivePolicy } = properties(queue)
    expect(VisibilityTimeout).toBeGreaterThan(Number(properties(`${logicalId(name)}LambdaFunction`).Timeout))
    expect(RedrivePolicy).toMatchObject({ maxReceiveCount: expect.any(Number) })
  })

  it('are encrypted', () => {
    for (const [, queue] of ofType('AWS::SQS::Queue')) expect(queue.Properties.SqsManagedSseEnabled).toBe(true)
  })

  it('may lead a function back to itself, round after round, where that is meant: Lambda stops others', () => {
    const sendsTo = (name: string): string[] =>
      JSON.stringify(properties(functionId(name)).Environment).match(/\w+Queue/g) ?? []
    const wokenBy = (name: string): string[] =>
      ofType('AWS::Lambda::EventSourceMapping')
        .filter(([, { Properties }]) => JSON.stringify(Properties.FunctionName).includes(functionId(name)))
        .map(([, { Properties }]) => JSON.stringify(Properties.EventSourceArn).match(/\w+Queue/)?.[0] ?? '')
    const looping = FUNCTIONS.filter((name) => sendsTo(name).some((queue) => wokenBy(name).includes(queue)))
    expect(looping).toEqual(['endings'])
    for (const name of FUNCTIONS)
      expect(properties(functionId(name)).RecursiveLoop).toBe(looping.includes(name) ? 'Allow' : undefined)
  })

  it('give back only the messages that failed', () => {
    const [mapping] = ofType('AWS::Lambda::EventSourceMapping')
    expect(mapping?.[1].Properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] })
  })
})

describe('functions', () => {
  it('are the ones expected', () => {
    expect(ofType('AWS::Lambda::Function').map(([id]) => id)).toEqual(
      expect.arrayContaining(FUNCTIONS.map((name) => `${logicalId(name)}LambdaFunction`)),
    )
    expect(ofType('AWS::Lambda::Function')).toHaveLength(FUNCTIONS.length)
  })

  it.each(FUNCTIONS)('%s runs on arm64 and Node 24, in a role of its own', (name) => {
    expect(properties(`${logicalId(name)}LambdaFunction`)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Role: { 'Fn::GetAtt': [`${logicalId(name)}Role`, 'Arn'] },
    })
  })

  it.each(FUNCTIONS)("%s's environment is far below Lambda's 4 KB", (name) => {
    const { Variables } = properties(`${logicalId(name)}LambdaFunction`).Environment as { Variables: object }
    expect(Buffer.byteLength(JSON.stringify(Variables))).toBeLessThan(2048)
  })

  it.each(FUNCTIONS)("%s's zip holds its own bundle and nothing else", async (name) => {
    const files = await zipped(name)
    expect(files).toContain(`dist/${name}/index.mjs`)
    expect(files.filter((file) => !file.startsWith(`dist/${name}/`) || !file.endsWith('.mjs'))).toEqual([])
  })

  it('hold nothing that belongs to another', () => {
    const rights = rightsByFunction(root)
    const bundles = Object.entries(metafiles).map(([name, metafile]) => ({
      name,
      metafile,
      rights: rights.get(name) ?? [],
    }))
    expect(bundles).toHaveLength(FUNCTIONS.length)
    expect(bundleFaults(bundles)).toEqual([])
  })

  it('leave join the concurrency it needs', () => {
    expect(properties('JoinLambdaFunction')).not.toHaveProperty('ReservedConcurrentExecutions')
    for (const name of ['meta', 'refresh', 'leave', 'stage', 'stages', 'upkeep'])
      expect(properties(`${logicalId(name)}LambdaFunction`)).toMatchObject({
        ReservedConcurrentExecutions: { 'Fn::If': ['ProtectJoin', expect.any(Number), { Ref: 'AWS::NoValue' }] },
      })
  })
})

describe('logs', () => {
  it('are kept for as long as the deployment says', () => {
    const groups = ofType('AWS::Logs::LogGroup')
    expect(groups).toHaveLength(FUNCTIONS.length + 1)
    for (const [, group] of groups) expect(group.Properties.RetentionInDays).toBe(90)
  })
})

const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0
it.skipIf(!hasCfnLint)('cfn-lint finds nothing (skipped where it is not installed)', () => {
  expect(execFileSync('cfn-lint', ['--ignore-checks', 'W3005', '-t', templateFile], { encoding: 'utf8' })).toBe('')
})
