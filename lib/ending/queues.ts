import type { Message } from './message.ts'

/** `urgent`: bans and kicks, which no backlog of lesser endings may hold up. `later`: looks and deadlines at a set time, and demotions that are overdue. */
export type QueueName = 'urgent' | 'ordinary' | 'later'

/** Our own queues. Throws `Fault('storage_unavailable')`. */
export interface Queues {
  /** At most 900 seconds from now. */
  send(queue: QueueName, message: Message, delaySeconds?: number): Promise<void>
}
