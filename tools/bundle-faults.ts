import { dirname } from 'node:path/posix'
import type { Metafile } from 'esbuild'

/** Metafile and rights of one Lambda, by its name in serverless.yml. */
export interface Bundle {
  readonly name: string
  readonly metafile: Metafile
  /** The AWS operations its role allows its code. */
  readonly rights: readonly string[]
}

const CLIENT_OF_SERVICE: Readonly<Record<string, string>> = {
  dynamodb: 'client-dynamodb',
  events: 'client-eventbridge',
  ivs: 'client-ivs-realtime',
  secretsmanager: 'client-secrets-manager',
  sqs: 'client-sqs',
}
const NEVER_DEPLOYED = /^(local|test|tools|bench)\//
const AWS_CLIENT = /(?:^|\/)node_modules\/@aws-sdk\/(client-[^/]+)\//
const HANDLER = /^lib\/.*\.handler\.ts$/
const CONTRACT = /^lib\/.*\.contract\.ts$/

const inputsOf = ({ metafile }: Bundle): string[] => Object.keys(metafile.inputs)
const entryOf = ({ name }: Bundle): string => `functions/${name}.ts`

/** The use cases a Lambda is there for: the handlers its composition root names. */
const ownHandlers = (bundle: Bundle): string[] =>
  (bundle.metafile.inputs[entryOf(bundle)]?.imports ?? []).map(({ path }) => path).filter((path) => HANDLER.test(path))

/** `lib/join/join.handler.ts` stands for `join.ts` and `join.schema.ts` beside it. */
const useCaseFiles = (handler: string): string[] =>
  ['.handler.ts', '.schema.ts', '.ts'].map((suffix) => handler.replace(/\.handler\.ts$/, suffix))

/**
 * What is in a bundle and should not be, one line each: another Lambda's root or use case, code that is never deployed,
 * an AWS client its role gives it no use for. A use case belongs to the Lambdas whose root imports its handler.
 */
export function bundleFaults(bundles: readonly Bundle[]): string[] {
  const handlers = new Set(bundles.flatMap(ownHandlers))
  return bundles.flatMap((bundle) => {
    const own = new Set(ownHandlers(bundle).flatMap(useCaseFiles))
    const foreign = new Set([...handlers].flatMap(useCaseFiles).filter((file) => !own.has(file)))
    const clients = new Set(bundle.rights.map((right) => CLIENT_OF_SERVICE[right.split(':')[0] ?? '']))
    return inputsOf(bundle).flatMap((input) => {
      const why = faultOf(input, bundle, foreign, clients)
      return why === undefined ? [] : [`${bundle.name}: ${input} is ${why}`]
    })
  })
}

function faultOf(
  input: string,
  bundle: Bundle,
  foreign: ReadonlySet<string>,
  clients: ReadonlySet<string | undefined>,
): string | undefined {
  if (input.startsWith('functions/') && input !== entryOf(bundle)) return "another function's root"
  if (NEVER_DEPLOYED.test(input)) return 'never deployed'
  if (foreign.has(input) || (HANDLER.test(input) && !ownHandlers(bundle).includes(input)))
    return "another function's use case"
  if (CONTRACT.test(input) && !ownHandlers(bundle).some((handler) => dirname(handler) === dirname(input)))
    return "another function's contract"
  const client = AWS_CLIENT.exec(input)?.[1]
  if (client !== undefined && !clients.has(client)) return 'a client its role has no right for'
  return undefined
}
