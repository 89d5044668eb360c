import { gzipSync } from 'node:zlib'
import type { Metafile } from 'esbuild'

/** What a Lambda loads before its first request, and what only when it is needed. Bytes after minification. */
export interface BundleSizes {
  readonly atStart: number
  /** Each file that is loaded at the start compressed by itself, as the sum. */
  readonly atStartGzip: number
  readonly whenNeeded: number
}

/** The entry with what it imports statically, and the rest. `read` answers what is in an output, by its path in the metafile. */
export function sizesOf(name: string, { outputs }: Metafile, read: (path: string) => Buffer): BundleSizes {
  const paths = startOf(name, { outputs })
  const bytes = (all: readonly string[]): number => all.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0)
  return {
    atStart: bytes(paths),
    atStartGzip: paths.reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0),
    whenNeeded: bytes(Object.keys(outputs)) - bytes(paths),
  }
}

/** The files that are loaded at the start. */
function startOf(name: string, { outputs }: Pick<Metafile, 'outputs'>): readonly string[] {
  const seen = new Set<string>()
  const follow = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[next] !== undefined) follow(next)
  }
  const entry = Object.keys(outputs).find((path) => path.endsWith(`${name}/index.mjs`))
  if (entry !== undefined) follow(entry)
  return [...seen]
}

/** What a caller may wait for at a cold start: these do not grow unnoticed. Bytes. */
const BUDGET: Readonly<Record<string, { readonly atStart: number; readonly atStartGzip: number }>> = {
  join: { atStart: 256_000, atStartGzip: 89_000 },
  refresh: { atStart: 250_000, atStartGzip: 86_500 },
}
/** Clients and checks that the join loads when it needs them, if ever. */
const NOT_AT_START = [
  /@aws-sdk\/client-(?!dynamodb\/)/,
  /node_modules\/@aws-sdk\/(credential-provider|token-providers|nested-clients|endpoint-cache\/dist-es\/Endpoint)/,
  /node_modules\/(undici|mnemonist|obliterator|bowser)\//,
  /node_modules\/zod\/v4\/(classic|locales|core\/(to-json-schema|json-schema))/,
  /lib\/config\/(config|issuer)\.schema\.ts/,
  /HttpBindingProtocol|AwsRestJsonProtocol/,
]

/** One line for each thing in which a Lambda with a budget is over it. */
export function budgetFaults(name: string, metafile: Metafile, sizes: BundleSizes): string[] {
  const budget = BUDGET[name]
  if (budget === undefined) return []
  const over = (what: 'atStart' | 'atStartGzip'): string[] =>
    sizes[what] > budget[what] ? [`${name}: ${what} is ${sizes[what]} bytes, the budget ${budget[what]}`] : []
  const inputs = startOf(name, metafile).flatMap((path) => Object.entries(metafile.outputs[path]?.inputs ?? {}))
  const early = inputs.filter(
    ([input, { bytesInOutput }]) => bytesInOutput > 0 && NOT_AT_START.some((pattern) => pattern.test(input)),
  )
  return [...over('atStart'), ...over('atStartGzip'), ...early.map(([input]) => `${name}: loads ${input} at the start`)]
}
