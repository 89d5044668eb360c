import type { Plugin } from 'esbuild'
import type { StagedoorConfig } from '../../lib/config/config.ts'

/** `stagedoor.config.ts` as data: what it says for this deployment stage, and nothing of what it says for others. */
export function deploymentConfig(config: StagedoorConfig): Plugin {
  return {
    name: 'deployment-config',
    setup(build) {
      build.onLoad({ filter: /[\\/]stagedoor\.config\.ts$/ }, () => ({
        contents: `const config = ${JSON.stringify(config)}\nexport default () => config`,
        loader: 'js',
      }))
    },
  }
}
