import { parseArgs } from 'node:util'
import { type Assumptions, parseAssumption } from './ivs/assumptions.ts'

export interface TwinOptions {
  /** Where `serverless.yml`, `functions/` and `dist/` are. */
  readonly directory: string
  readonly port: number
  readonly ivsPort: number
  readonly dynamoDbPort: number
  readonly dataDirectory?: string
  readonly bundles: boolean
  /** Bundles that are built already, to be run instead. They stay when the twin stops. */
  readonly bundlesDirectory?: string
  readonly quotas: boolean
  readonly assume: Partial<Assumptions>
  /** A call that a tag condition guards, on a resource that is not there: denied (IAM sees no tags), or left to the service. */
  readonly missingResourceDenied: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What somebody typed wrong: one line for them, no stack trace. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const DEFAULT_PORT = 3000

function portOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new UsageError(`${name} is not a port: a number from 0 (any free one) to 65535 is needed`)
}

function assumptionsOf(texts: readonly string[]): Pick<TwinOptions, 'assume' | 'missingResourceDenied'> {
  let assume: Partial<Assumptions> = {}
  let missingResourceDenied = true
  for (const text of texts) {
    const own = /^missingResourceDenied=(true|false)$/.exec(text)?.[1]
    const parsed = own === undefined ? parseAssumption(text) : {}
    if (!parsed)
      throw new UsageError(`--assume ${text}: no such assumption, or not one of its values (docs/local-ivs.md)`)
    if (own !== undefined) missingResourceDenied = own === 'true'
    assume = { ...assume, ...parsed }
  }
  return { assume, missingResourceDenied }
}

const FLAGS = {
  data: { type: 'string' },
  bundles: { type: 'boolean', default: false },
  quotas: { type: 'boolean', default: false },
  assume: { type: 'string', multiple: true, default: [] as string[] },
} as const

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unknown flag')
  }
}

/** Reads the command line and the environment. Throws a `UsageError` that names what is wrong. */
export function parseOptions(args: readonly string[], env: TwinOptions['env'], directory: string): TwinOptions {
  const { data, bundles, quotas, assume } = parseFlags(args)
  if (data === '') throw new UsageError('--data needs a directory')
  return {
    directory,
    port: portOf('PORT', env.PORT, DEFAULT_PORT),
    ivsPort: portOf('IVS_PORT', env.IVS_PORT, 0),
    dynamoDbPort: portOf('DYNAMODB_PORT', env.DYNAMODB_PORT, 0),
    ...(data === undefined ? {} : { dataDirectory: data }),
    bundles,
    quotas,
    ...assumptionsOf(assume),
    env,
  }
}
