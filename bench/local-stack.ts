import { join } from 'node:path'
import type { LogSink } from '../local/log-sink.ts'
import { startTwin, type Twin } from '../local/twin.ts'

export interface LocalStackOptions {
  /** Whether IVS keeps to its quotas. */
  readonly quotas: boolean
  readonly env: Readonly<Record<string, string>>
  readonly log?: LogSink
}

/** The local stack on the built bundles, on free ports, remembering nothing. */
export const startLocalStack = ({ quotas, env, log = () => {} }: LocalStackOptions): Promise<Twin> =>
  startTwin(
    {
      directory: join(import.meta.dirname, '..'),
      port: 0,
      ivsPort: 0,
      dynamoDbPort: 0,
      bundles: true,
      quotas,
      assume: {},
      missingResourceDenied: true,
      env,
    },
    log,
  )
