import { Logger } from '@aws-lambda-powertools/logger'
import { ConfigError } from '../config/config-error.ts'
import { type Env, readSettings, type Settings, type SettingsSpec } from '../config/settings.ts'

/** Lines of a function nobody is waiting for. Fields are names, ids and numbers, never an error's text. */
export interface JobLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void
  warn(message: string, fields: Readonly<Record<string, unknown>>): void
}

/** What a function without callers begins with: its settings, and its log. Throws one error with all that is missing. */
export function openJob<const S extends SettingsSpec>(
  env: Env,
  spec: S,
): { readonly settings: Settings<S>; readonly logger: JobLog } {
  const { settings, problems } = readSettings(env, spec)
  if (problems.length > 0) throw new ConfigError(problems)
  const logger = new Logger({ serviceName: 'stagedoor' })
  return {
    settings,
    logger: {
      info: (message, fields) => logger.info(message, { ...fields }),
      warn: (message, fields) => logger.warn(message, { ...fields }),
    },
  }
}
