import { checkConfig } from '../../lib/config/check-config.ts'
import type { StagedoorConfig } from '../../lib/config/config.ts'
import { importConfigFile } from './config-file.ts'

/** What `stagedoor.config.ts` says for one deployment stage, checked. Throws naming every problem at once. */
export async function readDeployment(root: string, deployment: string): Promise<StagedoorConfig> {
  const file = await importConfigFile(root, deployment)
  const checked = checkConfig(file({ deployment }))
  if (checked.ok) return checked.value
  const problems = checked.refusal.map((problem) => `  - ${problem}`).join('\n')
  throw new Error(`stagedoor.config.ts cannot be deployed as "${deployment}":\n${problems}`)
}
