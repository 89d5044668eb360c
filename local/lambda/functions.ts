import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Deployment, FunctionDefinition } from '../deployment/deployment.ts'
import type { LogSink } from '../log-sink.ts'
import { accessKeyIdOf } from './access-key.ts'
import { createFunctionHost, type FunctionHost } from './function-host.ts'

/** What the environment may override in every function, for tests (docs/twin.md). */
const OVERRIDES = ['AUTH_ISSUERS', 'TOKEN_MODE', 'ALLOWED_ORIGINS', 'DOMAIN_EVENTS', 'LOG_LEVEL'] as const

export interface FunctionsOptions {
  /** Where `functions/` is. */
  readonly directory: string
  readonly deployment: Deployment
  /** Where built bundles are, to be run instead of the sources. */
  readonly bundlesDirectory?: string
  /** The twin's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Given to every function: where the services are, and who issues logins unless `env` says. */
  readonly given: Readonly<Record<string, string>>
  readonly clockOffset: SharedArrayBuffer
  readonly log: LogSink
}

/** The module that `serverless.yml`'s handler stands for: the source of the function, or its bundle. */
function modulePathOf({ name }: FunctionDefinition, { directory, bundlesDirectory }: FunctionsOptions): string {
  const path =
    bundlesDirectory === undefined
      ? join(directory, 'functions', `${name}.ts`)
      : join(bundlesDirectory, name, 'index.mjs')
  if (existsSync(path)) return path
  throw new Error(`there is no ${path} for the function "${name}"`)
}

function environmentOf(definition: FunctionDefinition, options: FunctionsOptions): Record<string, string> {
  const overrides = OVERRIDES.flatMap((key) =>
    options.env[key] === undefined ? [] : [[key, options.env[key]] as const],
  )
  return {
    TZ: ':UTC',
    AWS_REGION: options.deployment.region,
    AWS_DEFAULT_REGION: options.deployment.region,
    AWS_ACCESS_KEY_ID: accessKeyIdOf(definition.name),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: `${options.deployment.service}-${options.deployment.stage}-${definition.name}`,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    ...definition.environment,
    ...options.given,
    ...Object.fromEntries(overrides),
  }
}

/** A host for one function. Throws, with one line, where its module is not there. */
export function hostOf(definition: FunctionDefinition, options: FunctionsOptions): FunctionHost {
  const { deployment } = options
  const functionName = `${deployment.service}-${deployment.stage}-${definition.name}`
  return createFunctionHost({
    settings: {
      moduleUrl: pathToFileURL(modulePathOf(definition, options)).href,
      exportName: definition.handler.slice(definition.handler.lastIndexOf('.') + 1),
      functionName,
      functionArn: `arn:aws:lambda:${deployment.region}:${deployment.accountId}:function:${functionName}`,
      memoryMegabytes: definition.memoryMegabytes,
      clockOffset: options.clockOffset,
    },
    env: environmentOf(definition, options),
    timeoutSeconds: definition.timeoutSeconds,
    log: (_, line) => options.log(definition.name, line),
  })
}
