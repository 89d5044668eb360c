import { join } from 'node:path'
import { build } from 'esbuild'
import type { StagedoorConfig } from '../lib/config/config.ts'
import { bundle } from '../tools/esbuild/bundle.ts'

const root = join(import.meta.dirname, '..')
const outdir = join(root, 'bench/results/bundles')

/** One of our Lambdas, exactly as it is deployed, under a configuration of the bench, which `folder` names. Answers where its entry is. */
export async function buildOurs(name: string, config: StagedoorConfig, folder = ''): Promise<string> {
  const directory = join(outdir, folder)
  await bundle({ name, config, root, outdir: directory })
  return join(directory, name, 'index.mjs')
}

/** A file bundled and minified the usual way, by no plugin of ours. Answers where it is. */
export async function buildPlainly(source: string): Promise<string> {
  const outfile = join(outdir, source.replaceAll('/', '-').replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [join(root, 'bench', source)],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'silent',
  })
  return outfile
}
