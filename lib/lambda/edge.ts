import { setTimeout as wait } from 'node:timers/promises'
import type { Config, ConfigFile } from '../config/config.ts'
import type { Env, Settings, SettingsSpec } from '../config/settings.ts'
import { start } from '../config/start.ts'
import { createRequestLogger } from '../http/request-logger.ts'
import type { EdgeDeps } from '../http/stack.ts'
import { type LogLines, openLogLines } from '../log/log-lines.ts'
import { createAuthenticator } from '../login/authenticator.ts'
import { createKeySetFetch } from '../login/key-set.https.ts'
import { systemClock } from '../time.ts'
import { secretsOnDemand } from './secrets-on-demand.ts'

/** What every function behind the API begins with. */
export interface Edge<S extends SettingsSpec> extends EdgeDeps {
  readonly config: Config
  readonly settings: Settings<S>
  /** For what is no request's. */
  readonly lines: LogLines
}

/** Read at cold start, whole: throws one error that lists every setting that is missing or wrong. */
export function openEdge<const S extends SettingsSpec>(file: ConfigFile, env: Env, settings: S): Edge<S> {
  const started = start({ file, env, settings })
  const { authenticate } = createAuthenticator({
    issuers: started.config.issuers,
    fetchKeySet: createKeySetFetch({ wait: (ms, signal) => wait(ms, undefined, { signal }), random: Math.random }),
    secrets: secretsOnDemand(),
    clock: systemClock,
  })
  const lines = openLogLines(env)
  return { ...started, authenticate, clock: systemClock, lines, logger: createRequestLogger(lines) }
}
