import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  export const resolverOf = (name) => new made[name]({ region: 'eu-west-1' }).config.endpointProvider`

let root: string
let bundled: (name: string) => Resolve

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stagedoor-lean-'))
  await mkdir(join(root, 'functions'))
  await symlink(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'), 'junction')
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(join(root, 'functions/any.ts'), ROOT)
  const config = { issuers: [], allowedOrigins: [] } as never
  await bundle({ name: 'any', config, root, outdir: join(root, 'dist') })
  bundled = (await import(pathToFileURL(join(root, 'dist/any/index.mjs')).href)).resolverOf
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
