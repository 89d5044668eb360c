import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ConfigFile } from '../../lib/config/config.ts'

const NAME = 'stagedoor.config.ts'

/**
 * What `stagedoor.config.ts` exports. Throws where it cannot be loaded, exports no function, or fails when it is asked for this
 * deployment stage: one line that names the file, and the place in it where Node knows that.
 */
export async function importConfigFile(root: string, deployment: string): Promise<ConfigFile> {
  try {
    const { default: file } = (await import(pathToFileURL(join(root, NAME)).href)) as { default?: unknown }
    if (typeof file !== 'function') throw new Error('must export the answer of defineConfig(…) as its default')
    file({ deployment })
    return file as ConfigFile
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error('failed')
    // Node says line 1 also of an `export default` further down.
    const line = /stagedoor\.config\.ts(:\d+)/.exec(stack)?.[1] ?? ':1'
    throw new Error(`${NAME}${line === ':1' ? '' : line}: ${message}`)
  }
}
