import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'
import { directly } from './direct-imports.ts'

/**
 * Parts of the SDK that no Lambda of ours ever runs, and what stands in for each: the same exports, the answer they would
 * give there. Paths are within node_modules, without the extension.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  // DynamoDB names no other endpoints, and nothing of the client asks for any.
  '@aws-sdk/endpoint-cache/dist-es/index': 'export class EndpointCache {}',
  // Node has the hashes; these are written out for runtimes that do not.
  '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js': 'export const Sha256Js = undefined',
  '@smithy/core/dist-es/submodules/checksum/md5/Md5Js': 'export const Md5Js = undefined',
  '@smithy/core/dist-es/submodules/checksum/crc32/Crc32Js': 'export const Crc32Js = undefined',
  // A Lambda has no home directory with files of settings.
  '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles':
    "export const CONFIG_PREFIX_SEPARATOR = '.'; export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })",
  // Nor an instance that could be asked for its Region: the environment names it.
  '@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion':
    'export const getInstanceMetadataRegion = async () => undefined',
  // No client of ours retries adaptively: it would make a caller wait for others' throttling.
  '@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy':
    "export { StandardRetryStrategy as AdaptiveRetryStrategy } from './StandardRetryStrategy'",
  // Nothing of ours is an event stream, whose headers are signed by themselves.
  '@smithy/signature-v4/dist-es/HeaderFormatter': 'export class HeaderFormatter {}',
  // Nobody here is a client of S3.
  '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index':
    'export const resolveParamsForS3 = async (params) => params',
  // Bodies of ours are text: nothing streams, in a browser least of all.
  '@smithy/core/dist-es/submodules/serde/util-stream/sdk-stream-mixin':
    'export const sdkStreamMixin = (stream) => stream',
  // To ask for the browser's kinds of streams by name is to have Node load them.
  '@smithy/core/dist-es/submodules/serde/util-stream/stream-type-check':
    'export const isReadableStream = () => false; export const isBlob = () => false',
  '@smithy/core/dist-es/submodules/retry/middleware-retry/isStreamingPayload/isStreamingPayload':
    'export const isStreamingPayload = () => false',
}

/** What reading and writing items can answer; other operations of DynamoDB have forty more, each a class and a schema. */
const DYNAMODB_ERRORS = [
  'ConditionalCheckFailedException',
  'DynamoDBServiceException',
  'InternalServerError',
  'InvalidEndpointException',
  'ItemCollectionSizeLimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
  'TransactionConflictException',
]
const REGISTRATION = /^[\w.]+\.registerError\(\w+\$?, (?:\w+\.)?(\w+)\);\n/gm

/**
 * What a client imports and then does for every request, though it has no effect here: it prepares log lines that nobody reads
 * and describes itself. And DynamoDB's cache of endpoints that only other operations ask for. Taken out of the two clients that a
 * join waits for at its start (of DynamoDB's chain, client.dynamodb.ts does so too); those of other services keep theirs.
 */
const AT_START =
  /[\\/]client-(dynamodb|secrets-manager)[\\/]dist-es[\\/](DynamoDBClient|SecretsManagerClient|runtimeConfig)\.js$/
const NO_PLUGIN = '() => ({ applyToStack() {} })'
const IDLE_PARTS: Readonly<Record<string, string>> = {
  getLoggerPlugin: NO_PLUGIN,
  getUserAgentPlugin: NO_PLUGIN,
  getRecursionDetectionPlugin: NO_PLUGIN,
  resolveUserAgentConfig: '(config) => config',
  createDefaultUserAgentProvider: '() => async () => []',
  resolveEndpointDiscoveryConfig: '(config) => config',
  DescribeEndpointsCommand: 'undefined',
}
const ONE_IMPORT = /^import \{ (\w+)(?: as (\w+))?,? \} from "[^"]+";$/gm

const withoutIdleParts = (client: string): string =>
  client.replace(ONE_IMPORT, (line, name: string, local = name) =>
    IDLE_PARTS[name] === undefined ? line : `const ${local} = ${IDLE_PARTS[name]};`,
  )

/** The first part of each service's host name. */
const HOSTS: Readonly<Record<string, string>> = {
  'client-dynamodb': 'dynamodb',
  'client-eventbridge': 'events',
  'client-ivs-realtime': 'ivsrealtime',
  'client-secrets-manager': 'secretsmanager',
  'client-sqs': 'sqs',
}
const RESOLVER = new RegExp(
  `[\\\\/]@aws-sdk[\\\\/](${Object.keys(HOSTS).join('|')})[\\\\/]dist-es[\\\\/]endpoint[\\\\/]endpointResolver\\.js$`,
)

/**
 * In the one partition that has IVS, what the rules of these services come to. Endpoints of another kind have names of their
 * own, which only the whole rules know: whoever asks for one is told, not led elsewhere.
 */
const resolverOf = (host: string): string => `
const found = new Map()
const resolve = ({ Endpoint, Region, UseFIPS, UseDualStack }) => {
  if (UseFIPS || UseDualStack) throw new Error('a bundle knows neither FIPS nor dual-stack endpoints')
  return { url: new URL(Endpoint ?? 'https://${host}.' + Region + '.amazonaws.com'), properties: {}, headers: {} }
}
export const defaultEndpointResolver = (params) => {
  const key = params.Endpoint ?? params.Region
  if (!found.has(key) || params.UseFIPS || params.UseDualStack) found.set(key, resolve(params))
  return found.get(key)
}`

/** Leaves out what the SDK brings for other runtimes and other operations than ours. */
export function leanSdk(): Plugin {
  const module = new RegExp(
    `[\\\\/]node_modules[\\\\/](${Object.keys(STAND_INS).join('|').replaceAll('/', '[\\\\/]')})\\.js$`,
  )
  return {
    name: 'lean-sdk',
    setup(build) {
      const direct = directly(build)
      build.onLoad({ filter: module }, ({ path }) => ({
        contents: STAND_INS[module.exec(path)?.[1]?.replaceAll('\\', '/') ?? ''] ?? '',
        loader: 'js',
        resolveDir: dirname(path),
      }))
      build.onLoad({ filter: /[\\/]client-dynamodb[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => ({
        contents: await direct(withoutOthersErrors(await readFile(path, 'utf8')), dirname(path)),
        loader: 'js',
      }))
      build.onLoad({ filter: RESOLVER }, ({ path }) => ({
        contents: resolverOf(HOSTS[RESOLVER.exec(path)?.[1] ?? ''] ?? ''),
        loader: 'js',
      }))
      build.onLoad({ filter: AT_START }, async ({ path }) => ({
        contents: withoutIdleParts(await direct(await readFile(path, 'utf8'), dirname(path))),
        loader: 'js',
      }))
      build.onLoad({ filter: /[\\/]util-endpoints[\\/]lib[\\/]aws[\\/]partitions\.js$/ }, async ({ path }) => ({
        contents: `export const partitionsInfo = ${JSON.stringify(commonPartition(await import(path)))}`,
        loader: 'js',
      }))
      // Each client reads its own version there, and nothing else.
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => ({
        contents: `export default { version: ${JSON.stringify(JSON.parse(await readFile(path, 'utf8')).version)} }`,
        loader: 'js',
      }))
    },
  }
}

const withoutOthersErrors = (schemas: string): string =>
  schemas.replace(REGISTRATION, (line, name: string) => (DYNAMODB_ERRORS.includes(name) ? line : ''))

interface Partitions {
  readonly partitionsInfo: { readonly version: string; readonly partitions: readonly { readonly id: string }[] }
}

/** IVS is in no other partition. Its Regions are told by their pattern; the list of them only describes each. */
const commonPartition = ({ partitionsInfo: { version, partitions } }: Partitions): object => ({
  version,
  partitions: partitions.filter(({ id }) => id === 'aws').map((partition) => ({ ...partition, regions: {} })),
})
