import type { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import type { Priority } from './quota.ts'
import { type Patience, withQuota } from './with-quota.ts'

/**
 * The client, with a place in our share of the quota taken before each call: the SDK's own retries too, for IVS counts them
 * like any other. Rejects with `Fault('quota_backoff')` where none came free in time.
 */
export function metered(client: IVSRealTimeClient, patience: Patience, priority: Priority): IVSRealTimeClient {
  client.middlewareStack.add(
    (next, context) => (args) => withQuota(patience, operationOf(context.commandName), priority, () => next(args)),
    { name: 'quota', step: 'finalizeRequest', priority: 'low' },
  )
  return client
}

/** The SDK's own name of it, which no bundler changes. */
const operationOf = (commandName: string | undefined): string => (commandName ?? 'Unknown').replace(/Command$/, '')
