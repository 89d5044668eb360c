import type { EpochMs } from '../../lib/time.ts'
import type { QueueDefinition } from '../deployment/deployment.ts'
import { createQueue, type Message, type Queue } from './queue.ts'

export type QueuesState = Readonly<Record<string, readonly Message[]>>

export interface Queues {
  get(name: string): Queue | undefined
  snapshot(): QueuesState
}

/** Every queue of the deployment, dead letters wired. */
export function createQueues(
  definitions: readonly QueueDefinition[],
  options: { readonly now: () => EpochMs; readonly state?: QueuesState; readonly onChange: () => void },
): Queues {
  const queues = new Map<string, Queue>()
  for (const definition of definitions) {
    const deadName = definition.deadLetters?.queueName
    const state = options.state?.[definition.name]
    const queue = createQueue({
      definition,
      now: options.now,
      onChange: options.onChange,
      deadLetters: () => (deadName === undefined ? undefined : queues.get(deadName)),
      ...(state ? { state } : {}),
    })
    queues.set(definition.name, queue)
  }
  return {
    get: (name) => queues.get(name),
    snapshot: () => Object.fromEntries([...queues].map(([name, queue]) => [name, queue.snapshot()])),
  }
}
