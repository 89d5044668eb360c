import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSecretSource } from '../../lib/secret/secrets-manager.secrets.ts'
import { bundle } from '../../tools/esbuild/bundle.ts'

const CLIENTS = [DynamoDBClient, EventBridgeClient, IVSRealTimeClient, SecretsManagerClient, SQSClient]
/** Where IVS Real-Time is. */
const REGIONS = [
  'us-east-1',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
]
const PLAIN = { UseFIPS: false, UseDualStack: false }

type Resolve = (params: object) => { readonly url: URL; readonly properties?: object; readonly headers?: object }
const resolverOf = (Client: (typeof CLIENTS)[number]): Resolve =>
  new Client({ region: 'eu-west-1' }).config.endpointProvider as Resolve

const ROOT = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
  import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
  import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
  import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
  import { SQSClient } from '@aws-sdk/client-sqs'
  const made = { DynamoDBClient, EventBridgeClient, IVSRealTimeClient, SecretsManagerClient, SQSClient }
  export { createSecretSource } from '../lib/secret/secrets-manager.secrets.ts'
  export const resolverOf = (name) => new made[name]({ region: 'eu-west-1' }).config.endpointProvider`

let root: string
let bundled: (name: string) => Resolve
let lean: typeof createSecretSource

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stagedoor-lean-'))
  await mkdir(join(root, 'functions'))
  for (const folder of ['node_modules', 'lib']) {
    await symlink(join(import.meta.dirname, '../..', folder), join(root, folder), 'junction')
  }
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(join(root, 'functions/any.ts'), ROOT)
  const config = { issuers: [], allowedOrigins: [] } as never
  await bundle({ name: 'any', config, root, outdir: join(root, 'dist') })
  const made = await import(pathToFileURL(join(root, 'dist/any/index.mjs')).href)
  bundled = made.resolverOf
  lean = made.createSecretSource
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe.each(CLIENTS.map((Client) => [Client.name, Client] as const))('in a bundle, %s', (name, Client) => {
  it('asks the endpoint that the rules of the SDK name, in every Region of IVS', () => {
    const [ours, theirs] = [bundled(name), resolverOf(Client)]
    for (const Region of REGIONS) {
      const [asked, expected] = [ours({ Region, ...PLAIN }), theirs({ Region, ...PLAIN })]
      expect(asked.url.href).toBe(expected.url.href)
      expect(asked.properties ?? {}).toEqual(expected.properties ?? {})
    }
  })

  it('asks the endpoint it is told', () => {
    const told = { Region: 'eu-west-1', Endpoint: 'http://127.0.0.1:8000/path', ...PLAIN }
    expect(bundled(name)(told).url.href).toBe(resolverOf(Client)(told).url.href)
  })

  it.each(['UseFIPS', 'UseDualStack'])('refuses %s, and does not ask another endpoint instead', (kind) => {
    const resolve = bundled(name)
    resolve({ Region: 'eu-west-1', ...PLAIN })
    expect(() => resolve({ Region: 'eu-west-1', ...PLAIN, [kind]: true })).toThrow('FIPS')
  })
})

/** Headers by which the SDK describes itself, and what differs from one request to the next. */
const SELF_DESCRIPTION = ['user-agent', 'x-amz-user-agent', 'amz-sdk-invocation-id', 'amz-sdk-request']
const MOMENTARY = ['authorization', 'x-amz-date', 'connection', 'host']

describe('in a bundle, a secret', () => {
  const asked: { readonly headers: object; readonly body: string }[] = []
  const answers: [status: number, body: object][] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const left = Object.entries(request.headers).filter(
        ([name]) => ![...SELF_DESCRIPTION, ...MOMENTARY].includes(name),
      )
      asked.push({ headers: Object.fromEntries(left), body: Buffer.concat(chunks).toString() })
      const [status, body] = answers.shift() ?? [500, {}]
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
    })
  })
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'example')
    vi.stubEnv('AWS_REGION', 'eu-west-1')
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    server.close()
  })

  const found: [number, object] = [200, { SecretString: 'text' }]
  it.each<[string, [number, object][], number]>([
    ['is found', [found], 1],
    ['is found at the second try', [[500, { __type: 'InternalServiceError' }], found], 2],
    ['is not there', [[400, { __type: 'ResourceNotFoundException', message: 'not there' }]], 1],
    ['is not for us', [[400, { __type: 'AccessDeniedException', message: 'not yours' }]], 1],
  ])('is asked for as by the SDK itself, and answered alike, where it %s', async (_, said, requests) => {
    const outcomes: string[] = []
    for (const create of [createSecretSource, lean]) {
      answers.push(...said)
      outcomes.push(await create()('name').catch((error: Error) => error.name))
    }
    const each = asked.splice(0)
    expect(each).toHaveLength(2 * requests)
    expect(each.slice(requests)).toEqual(each.slice(0, requests))
    expect(outcomes[1]).toBe(outcomes[0])
  })
})
