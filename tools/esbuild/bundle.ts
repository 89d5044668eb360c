import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import type { StagedoorConfig } from '../../lib/config/config.ts'
import { checkedConfig } from './checked-config.ts'
import { deploymentConfig } from './deployment-config.ts'
import { directImports } from './direct-imports.ts'
import { envCredentials } from './env-credentials.ts'
import { lazyBuiltins } from './lazy-builtins.ts'
import { leanSdk } from './lean-sdk.ts'
import { mergeChunks } from './merge-chunks.ts'
import { withoutAnswerSchemas } from './without-answer-schemas.ts'

export interface BundleInput {
  /** Name in serverless.yml and file under functions/. */
  readonly name: string
  readonly config: StagedoorConfig
  /** Absolute. */
  readonly root: string
  /** Where `<name>/index.mjs` and its chunks go. Absolute. */
  readonly outdir: string
}

/** Modules that were written for `require` find it in every file. */
const REQUIRE = "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);"

/**
 * Bundles one Lambda into a directory of its own: an entry, one file of what it shares with the rest, and a chunk for each
 * client that is only imported when it is needed. Answers esbuild's metafile. Rejects with esbuild's own report.
 */
export async function bundle({ name, config, root, outdir }: BundleInput): Promise<Metafile> {
  const directory = join(outdir, name)
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { index: `functions/${name}.ts` },
    outdir: directory,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [
      lazyBuiltins(),
      envCredentials(),
      leanSdk(),
      directImports(),
      checkedConfig(),
      withoutAnswerSchemas(),
      deploymentConfig(config),
    ],
  })
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  const merged = await mergeChunks({ texts, metafile })
  await write(directory, merged.texts)
  return merged.metafile
}

/** Touches only what differs, so that a stack that runs the bundles never meets a half-written file it already had. */
async function write(directory: string, texts: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const [name, text] of texts) {
    const path = join(directory, name)
    const contents = REQUIRE + text
    const before = await readFile(path, 'utf8').catch(() => undefined)
    if (before !== contents) await writeFile(path, contents)
  }
  for (const found of await readdir(directory))
    if (!texts.has(found)) await rm(join(directory, found), { recursive: true, force: true })
}
