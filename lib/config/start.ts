import type { Config, ConfigFile } from './config.ts'
import { ConfigError } from './config-error.ts'
import { readConfig } from './load-config.ts'
import { type Env, readSettings, type Settings, type SettingsSpec } from './settings.ts'

const DEPLOYMENT_PREFIX = 'stagedoor-'

/**
 * What a function starts from: the configuration and the environment it names. Throws one `ConfigError` with every
 * problem of both. `DEPLOYMENT` is `stagedoor-<deployment stage>`; the config file is asked for that stage.
 */
export function start<const S extends SettingsSpec>(options: {
  readonly file: ConfigFile
  readonly env: Env
  readonly settings: S
}): { readonly config: Config; readonly settings: Settings<S> } {
  const { file, env } = options
  const { settings, problems } = readSettings(env, options.settings)
  const config = readConfig({ file, env, deployment: deploymentStage(env.DEPLOYMENT ?? '') })
  if (config.ok && problems.length === 0) return { config: config.value, settings }
  throw new ConfigError([...problems, ...(config.ok ? [] : config.refusal)])
}

const deploymentStage = (deployment: string): string =>
  deployment.startsWith(DEPLOYMENT_PREFIX) ? deployment.slice(DEPLOYMENT_PREFIX.length) : deployment
