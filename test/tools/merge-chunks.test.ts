import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { type Chunks, mergeChunks } from '../../tools/esbuild/merge-chunks.ts'

const made: string[] = []
afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true })
})

async function directoryOf(files: Iterable<readonly [string, string]>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-chunks-'))
  made.push(directory)
  for (const [name, text] of files) await writeFile(join(directory, name), text)
  return directory
}

/** Modules that different sets of dynamic imports share: each set is a chunk, and minified names repeat in them. */
const SOURCES: Readonly<Record<string, string>> = {
  'order.ts': 'export const order: string[] = []',
  'one.ts': "import { order } from './order.ts'; order.push('one'); export const value = 1, name = 'one'",
  'two.ts': "import { order } from './order.ts'; order.push('two'); export const value = 2, name = 'two'",
  'effect.ts': "import { order } from './order.ts'; order.push('effect')",
  'x.ts':
    "import { value } from './one.ts'; import { order } from './order.ts'; import './effect.ts'; export const x = () => [value, order]",
  'y.ts':
    "import { value, name } from './two.ts'; import { value as other } from './one.ts'; export const y = [value, name, other]",
  'z.ts': "import { name } from './two.ts'; import { order } from './order.ts'; export const z = () => [name, order]",
  'index.ts': `
    import { order } from './order.ts'
    import './effect.ts'
    import { value, name } from './one.ts'
    import { value as second } from './two.ts'
    export const handler = async () => [
      value, name, second, [...order],
      (await import('./x.ts')).x(), (await import('./y.ts')).y, (await import('./z.ts')).z(),
    ]`,
}

async function split(): Promise<Chunks> {
  const source = await directoryOf(Object.entries(SOURCES))
  const { outputFiles, metafile } = await build({
    entryPoints: [join(source, 'index.ts')],
    absWorkingDir: source,
    outdir: join(source, 'out'),
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    outExtension: { '.js': '.mjs' },
  })
  return { texts: new Map(outputFiles.map(({ path, text }) => [basename(path), text])), metafile }
}

const load = async ({ texts }: Chunks): Promise<unknown> => {
  const directory = await directoryOf(texts)
  return (await import(pathToFileURL(join(directory, 'index.mjs')).href)).handler()
}
const startOf = (metafile: Metafile): string[] =>
  Object.entries(metafile.outputs)
    .filter(([path]) => path.endsWith('index.mjs'))
    .flatMap(([, { imports }]) =>
      imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path)),
    )

describe('merging the chunks of a start', () => {
  it('answers what the chunks answered, each module run once and in the order it was', async () => {
    const chunks = await split()
    expect(startOf(chunks.metafile).length).toBeGreaterThan(2)
    const merged = await mergeChunks(chunks)
    const answer = await load(merged)
    expect(answer).toEqual(await load(chunks))
    expect((answer as unknown[]).slice(0, 4)).toEqual([1, 'one', 2, ['effect', 'one', 'two']])
  })

  it('leaves two files to load at the start, and says so', async () => {
    const { texts, metafile } = await mergeChunks(await split())
    expect(startOf(metafile)).toEqual(['shared.mjs'])
    expect(
      Object.keys(metafile.outputs)
        .map((path) => basename(path))
        .sort(),
    ).toEqual([...texts.keys()].sort())
    const inputs = Object.entries(metafile.outputs).find(([path]) => path.endsWith('shared.mjs'))?.[1].inputs
    expect(Object.keys(inputs ?? {}).sort()).toEqual(['effect.ts', 'one.ts', 'order.ts', 'two.ts'])
  })

  it('refuses an import it cannot read, rather than leave it', async () => {
    const { texts, metafile } = await split()
    const written = new Map([...texts].map(([name, text]) => [name, text.replaceAll('}from"', '} from "')]))
    await expect(mergeChunks({ texts: written, metafile })).rejects.toThrow('not known')
  })

  it('leaves alone what has nothing to merge', async () => {
    const { metafile } = await split()
    const single = { texts: new Map([['index.mjs', 'export{}']]), metafile: { ...metafile, outputs: {} } }
    expect(await mergeChunks(single)).toEqual(single)
  })
})
