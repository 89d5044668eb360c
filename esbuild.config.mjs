import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './tools/esbuild/bundle.ts'
import { readDeployment } from './tools/esbuild/read-deployment.ts'
import { functionNames } from './tools/serverless-yml.ts'

// node esbuild.config.mjs [--stage dev] [function …]: every function of serverless.yml, or those named, into dist/.
const { values, positionals } = parseArgs({
  options: { stage: { type: 'string', default: 'dev' }, outdir: { type: 'string', default: 'dist' } },
  allowPositionals: true,
})
const root = import.meta.dirname
const outdir = join(root, values.outdir)
const names = positionals.length > 0 ? positionals : functionNames(root)

try {
  const config = await readDeployment(root, values.stage)
  const metafiles = await Promise.all(names.map(async (name) => [name, await bundle({ name, config, root, outdir })]))
  await writeFile(join(outdir, 'metafiles.json'), JSON.stringify(Object.fromEntries(metafiles)))
} catch (error) {
  // What is wrong with the configuration or a source file, without a stack that leads into this file.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
