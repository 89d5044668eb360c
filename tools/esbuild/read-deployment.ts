import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkConfig } from '../../lib/config/check-config.ts'
import type { ConfigFile, StagedoorConfig } from '../../lib/config/config.ts'

/** What `stagedoor.config.ts` says for one deployment stage, checked. Throws naming every problem at once. */
export async function readDeployment(root: string, deployment: string): Promise<StagedoorConfig> {
  const url = pathToFileURL(join(root, 'stagedoor.config.ts')).href
  const { default: file } = (await import(url)) as { default: ConfigFile }
  const checked = checkConfig(file({ deployment }))
  if (checked.ok) return checked.value
  const problems = checked.refusal.map((problem) => `  - ${problem}`).join('\n')
  throw new Error(`stagedoor.config.ts cannot be deployed as "${deployment}":\n${problems}`)
}
