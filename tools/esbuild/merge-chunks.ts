import { basename, dirname, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'

/** The files of one Lambda, by name, and what esbuild says of them. */
export interface Chunks {
  readonly texts: ReadonlyMap<string, string>
  readonly metafile: Metafile
}

type Outputs = Metafile['outputs']

const ENTRY = 'index.mjs'
/** What an entry imports statically, all of it. */
const SHARED = 'shared.mjs'
const CHUNK_IMPORT = /import(?:\{([^}]*)\}from)?"\.\/([\w.-]+\.mjs)";/g

/**
 * esbuild makes a chunk for each set of dynamic imports that share code: a dozen small files, which every cold start
 * resolves, reads and compiles one by one, and which compress worse than one. Here those that the entry imports statically
 * become one file. What is imported dynamically stays as it is, and takes what it shares from there.
 * Rejects where an import is written in another way than esbuild's minifier writes it: nothing is left half renamed.
 */
export async function mergeChunks({ texts, metafile }: Chunks): Promise<Chunks> {
  const merged = startChunks(metafile.outputs)
  if (merged.length < 2) return { texts, metafile }
  const shared = new Exports(merged)
  const files = new Map<string, string>()
  for (const [name, text] of texts)
    if (!merged.includes(name)) files.set(name, shared.lead(text, importsOf(metafile, name)))
  files.set(SHARED, await bundled(shared.statements(), texts, merged))
  return { texts: files, metafile: { ...metafile, outputs: outputsOf(metafile.outputs, merged, files) } }
}

/** Names of the chunks that the entry imports statically, directly or not. */
function startChunks(outputs: Outputs): readonly string[] {
  const seen = new Set<string>()
  const follow = (path: string): void => {
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[next] !== undefined && !seen.has(next)) {
        seen.add(next)
        follow(next)
      }
  }
  const entry = Object.keys(outputs).find((path) => basename(path) === ENTRY)
  if (entry !== undefined) follow(entry)
  return [...seen].map((path) => basename(path))
}

const importsOf = ({ outputs }: Metafile, name: string): readonly string[] => {
  const output = Object.entries(outputs).find(([path]) => basename(path) === name)?.[1]
  return (output?.imports ?? []).filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path))
}

/** Minified names repeat from chunk to chunk: in the file that has them all, each begins with its chunk's number. */
class Exports {
  readonly #merged: readonly string[]
  readonly #used = new Set<string>()

  constructor(merged: readonly string[]) {
    this.#merged = merged
  }

  /** A file's text, its imports from merged chunks led to the file that replaces them. */
  lead(text: string, imports: readonly string[]): string {
    let led = 0
    const after = text.replace(CHUNK_IMPORT, (statement, names: string | undefined, chunk: string) => {
      if (!this.#merged.includes(chunk)) return statement
      led++
      const specifiers = names?.split(',').map((specifier) => this.#specifier(specifier, chunk))
      return specifiers === undefined ? `import"./${SHARED}";` : `import{${specifiers}}from"./${SHARED}";`
    })
    if (led !== imports.filter((chunk) => this.#merged.includes(chunk)).length)
      throw new Error('a bundle imports one of its chunks in a way that is not known')
    return after
  }

  #specifier(specifier: string, chunk: string): string {
    const [name = '', local = name] = specifier.split(' as ')
    const unique = `c${this.#merged.indexOf(chunk)}${name}`
    this.#used.add(`export { ${name} as ${unique} } from './${chunk}'`)
    return `${unique} as ${local}`
  }

  statements(): string {
    return [...this.#merged.map((chunk) => `import './${chunk}'`), ...this.#used].join('\n')
  }
}

async function bundled(entry: string, texts: ReadonlyMap<string, string>, merged: readonly string[]): Promise<string> {
  const chunks: Plugin = {
    name: 'chunks',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/[\w.-]+\.mjs$/ }, ({ path }) =>
        merged.includes(basename(path)) ? { path: basename(path), namespace: 'chunks' } : { path, external: true },
      )
      onLoad({ filter: /./, namespace: 'chunks' }, ({ path }) => ({ contents: texts.get(path) ?? '', loader: 'js' }))
    },
  }
  const { outputFiles } = await build({
    stdin: { contents: entry },
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [chunks],
  })
  return outputFiles[0]?.text ?? ''
}

/** As if esbuild had made the one file. */
function outputsOf(outputs: Outputs, merged: readonly string[], files: ReadonlyMap<string, string>): Outputs {
  const isMerged = (path: string): boolean => merged.includes(basename(path))
  const entry = Object.keys(outputs).find((path) => basename(path) === ENTRY) ?? ENTRY
  const shared = join(dirname(entry), SHARED).replaceAll('\\', '/')
  const gone = Object.entries(outputs).filter(([path]) => isMerged(path))
  const inputs: Outputs[string]['inputs'] = {}
  for (const [input, { bytesInOutput }] of gone.flatMap(([, output]) => Object.entries(output.inputs)))
    inputs[input] = { bytesInOutput: (inputs[input]?.bytesInOutput ?? 0) + bytesInOutput }
  const led = (output: Outputs[string]): Outputs[string]['imports'] => {
    const others = output.imports.filter(({ path }) => !isMerged(path))
    return others.length === output.imports.length ? others : [{ path: shared, kind: 'import-statement' }, ...others]
  }
  const sizeOf = (path: string): number => Buffer.byteLength(files.get(basename(path)) ?? '')
  const kept = Object.entries(outputs).filter(([path]) => !isMerged(path))
  const dynamic = gone.flatMap(([, output]) => output.imports.filter(({ path }) => !isMerged(path)))
  return {
    ...Object.fromEntries(
      kept.map(([path, output]) => [path, { ...output, bytes: sizeOf(path), imports: led(output) }]),
    ),
    [shared]: { bytes: sizeOf(shared), inputs, imports: dynamic, exports: [] },
  }
}
