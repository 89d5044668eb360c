import type { Config, ConfigFile } from '../config/config.ts'
import type { Env, Settings, SettingsSpec } from '../config/settings.ts'
import { start } from '../config/start.ts'
import { type LogLines, openLogLines } from '../log/log-lines.ts'

/** Lines of a function nobody is waiting for. */
export type JobLog = Pick<LogLines, 'info' | 'warn'>

/** What a function without callers begins with. Throws one error with every problem of its settings and the configuration. */
export function openJob<const S extends SettingsSpec>(
  file: ConfigFile,
  env: Env,
  settings: S,
): { readonly config: Config; readonly settings: Settings<S>; readonly logger: JobLog } {
  return { ...start({ file, env, settings }), logger: openLogLines(env) }
}
