import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CorsRules, Deployment, Throttle } from './deployment.ts'
import { intrinsicsOf } from './intrinsics.ts'
import { busesOf, rulesOf } from './read-events.ts'
import { readFunction } from './read-function.ts'
import { queuesOf, tablesOf } from './read-resources.ts'
import { isTree, numberAt, type Tree, textAt, textsAt, treeAt } from './tree.ts'
import { resolveVariables } from './variables.ts'
import { parseTemplate } from './yaml-template.ts'

export interface ReadOptions {
  /** Where `serverless.yml` is. */
  readonly directory: string
  readonly stage: string
  readonly accountId: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly queueUrlOf: (queueName: string) => string
}

function merge(left: unknown, right: unknown): unknown {
  if (!isTree(left) || !isTree(right)) return right
  const merged: Record<string, unknown> = { ...left }
  for (const [key, value] of Object.entries(right)) {
    merged[key] = Object.hasOwn(left, key) ? merge(left[key], value) : value
  }
  return merged
}

const mergedResources = (node: unknown): Tree =>
  treeAt(Array.isArray(node) ? node.reduce(merge, {}) : node, 'resources')

function corsOf(node: unknown, env: ReadOptions['env']): CorsRules | undefined {
  if (node === undefined || node === false) return undefined
  const cors = node === true ? {} : treeAt(node, 'provider.httpApi.cors')
  const maxAge = cors.maxAge
  const override = env.ALLOWED_ORIGINS?.split(',').map((origin) => origin.trim())
  return {
    allowedOrigins: override?.filter(Boolean) ?? textsAt(cors.allowedOrigins, 'cors.allowedOrigins'),
    allowedHeaders: textsAt(cors.allowedHeaders, 'cors.allowedHeaders'),
    allowedMethods: textsAt(cors.allowedMethods, 'cors.allowedMethods'),
    exposedHeaders: textsAt(cors.exposedResponseHeaders, 'cors.exposedResponseHeaders'),
    allowCredentials: cors.allowCredentials === true,
    ...(maxAge === undefined ? {} : { maxAgeSeconds: numberAt(maxAge, 0) }),
  }
}

function throttlesOf(resources: Tree): Record<string, Throttle> {
  const stage = treeAt(treeAt(resources.extensions, 'extensions').HttpApiStage, 'HttpApiStage')
  const properties = treeAt(stage.Properties, 'HttpApiStage.Properties')
  const settings = {
    $default: properties.DefaultRouteSettings,
    ...treeAt(properties.RouteSettings, 'RouteSettings'),
  }
  const throttles: Record<string, Throttle> = {}
  for (const [route, setting] of Object.entries(settings)) {
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = treeAt(setting, route)
    if (rate !== undefined) throttles[route] = { ratePerSecond: numberAt(rate, 0), burst: numberAt(burst, 0) }
  }
  return throttles
}

/**
 * Reads `serverless.yml` as the Serverless Framework and CloudFormation would, for the deployment stage given.
 * Throws with one line that says what is wrong with it.
 */
export async function readDeployment(options: ReadOptions): Promise<Deployment> {
  const { directory, stage, accountId, env } = options
  const raw = treeAt(parseTemplate(await readFile(join(directory, 'serverless.yml'), 'utf8')), 'the file')
  const sources = { stage, accountId, env, options: {}, directory }
  const root = treeAt(await resolveVariables(raw, sources), 'the file')
  const provider = treeAt(root.provider, 'provider')
  const functions = treeAt(root.functions, 'functions')
  const resources = mergedResources(root.resources)
  const service = textAt(root.service, 'service')
  const region = textAt(provider.region ?? 'us-east-1', 'provider.region')
  const names = Object.keys(functions)
  const facts = { region, accountId, service, stage, queueUrlOf: options.queueUrlOf }
  const intrinsics = intrinsicsOf(resources, names, facts)
  const cors = corsOf(treeAt(provider.httpApi, 'provider.httpApi').cors, env)
  return {
    service,
    stage,
    region,
    accountId,
    functions: names.map((name) =>
      readFunction(name, treeAt(functions[name], `functions.${name}`), { provider, resources, intrinsics }),
    ),
    tables: tablesOf(resources, intrinsics),
    queues: queuesOf(resources, intrinsics),
    buses: busesOf(resources, intrinsics),
    rules: rulesOf(resources, intrinsics),
    ...(cors ? { cors } : {}),
    throttles: throttlesOf(resources),
  }
}
