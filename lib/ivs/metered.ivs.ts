import type { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import type { Priority } from './quota.ts'
import { type Patience, withQuota } from './with-quota.ts'

export type Sender = Pick<IVSRealTimeClient, 'send'>

/**
 * The client, with a place in our share of the quota taken before each call: the SDK's own retries too, for IVS counts them
 * like any other. Rejects with `Fault('quota_backoff')` where none came free in time.
 */
export function metered(client: IVSRealTimeClient, patience: Patience, priority: Priority): IVSRealTimeClient {
  client.middlewareStack.add(
    (next, context) => (args) => withQuota(patience, operationOf(context.commandName), priority, () => next(args)),
    EACH_TRY,
  )
  return client
}

/** The same of one client whose calls matter more or less. Without a place now, `atOnce` waits for none. */
export type MeteredBy = (priority: Priority, patience?: 'atOnce') => Sender

export function meteredBy(client: Sender, patience: Patience): MeteredBy {
  return (priority, waiting) => {
    const mine = waiting === 'atOnce' ? { ...patience, longestWaitMs: 0 } : patience
    const send = (command: Parameters<Sender['send']>[0]) => {
      command.middlewareStack.add(
        (next, context) => (args) => withQuota(mine, operationOf(context.commandName), priority, () => next(args)),
        EACH_TRY,
      )
      return client.send(command)
    }
    return { send: send as Sender['send'] }
  }
}

/** After the SDK's own retries have begun, so that it is run by each of them. */
const EACH_TRY = { name: 'quota', step: 'finalizeRequest', priority: 'low' } as const

/** The SDK's own name of it, which no bundler changes. */
const operationOf = (commandName: string | undefined): string => (commandName ?? 'Unknown').replace(/Command$/, '')
