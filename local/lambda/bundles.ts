import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'

export interface Bundles {
  /** Holds `<function>/index.mjs`. */
  readonly directory: string
  remove(): Promise<void>
}

/**
 * Bundles the functions as they are deployed, with the configuration of the twin's own deployment stage, in a place of their
 * own: `dist/` may hold another stage's. Rejects with the build's own words.
 */
export async function buildBundles(root: string, stage: string): Promise<Bundles> {
  const parent = join(root, '.stagedoor')
  await mkdir(parent, { recursive: true })
  const directory = await mkdtemp(join(parent, 'bundles-'))
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  const args = [join(root, 'esbuild.config.mjs'), '--stage', stage, '--outdir', relative(root, directory)]
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root })
    return { directory, remove }
  } catch (error) {
    await remove()
    const { stderr } = error as { readonly stderr?: string }
    throw new Error(`the bundles could not be built: ${stderr?.trim() ?? ''}`)
  }
}
