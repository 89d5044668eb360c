import { Logger } from '@aws-lambda-powertools/logger'
import type { Config, ConfigFile } from '../config/config.ts'
import type { Env, Settings, SettingsSpec } from '../config/settings.ts'
import { start } from '../config/start.ts'

/** Lines of a function nobody is waiting for. Fields are names, ids and numbers, never an error's text. */
export interface JobLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void
  warn(message: string, fields: Readonly<Record<string, unknown>>): void
}

/** What a function without callers begins with. Throws one error with every problem of its settings and the configuration. */
export function openJob<const S extends SettingsSpec>(
  file: ConfigFile,
  env: Env,
  settings: S,
): { readonly config: Config; readonly settings: Settings<S>; readonly logger: JobLog } {
  return { ...start({ file, env, settings }), logger: openJobLog() }
}

function openJobLog(): JobLog {
  const logger = new Logger({ serviceName: 'stagedoor' })
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
  }
}
