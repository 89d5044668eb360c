import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { build, type Metafile, type OutputFile } from 'esbuild'
import type { StagedoorConfig } from '../../lib/config/config.ts'
import { checkedConfig } from './checked-config.ts'
import { deploymentConfig } from './deployment-config.ts'
import { directImports } from './direct-imports.ts'
import { envCredentials } from './env-credentials.ts'
import { lazyHttp } from './lazy-http.ts'
import { leanSdk } from './lean-sdk.ts'
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

/**
 * Bundles one Lambda into a directory of its own: an entry, and a chunk for each client that is only imported when it
 * is needed. Answers esbuild's metafile. Rejects with esbuild's own report.
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
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [
      lazyHttp(),
      envCredentials(),
      leanSdk(),
      directImports(),
      checkedConfig(),
      withoutAnswerSchemas(),
      deploymentConfig(config),
    ],
  })
  await write(directory, outputFiles)
  return metafile
}

/** Touches only what differs, so that a stack that runs the bundles never meets a half-written file it already had. */
async function write(directory: string, files: readonly OutputFile[]): Promise<void> {
  for (const { path, contents } of files) {
    const before = await readFile(path).catch(() => undefined)
    if (before?.equals(contents)) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, contents)
  }
  const current = new Set(files.map(({ path }) => relative(directory, path)))
  for (const found of await readdir(directory, { recursive: true }))
    if (!current.has(found)) await rm(join(directory, found), { recursive: true, force: true })
}
