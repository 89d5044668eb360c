import { randomUUID } from 'node:crypto'
import type { EpochMs } from '../../lib/time.ts'
import type { QueueDefinition } from '../deployment/deployment.ts'

export interface Message {
  readonly id: string
  readonly body: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly sentAt: EpochMs
  /** Nobody receives it before. */
  readonly visibleAt: EpochMs
  readonly receiveCount: number
  readonly firstReceivedAt?: EpochMs
  /** Of the last receive; deletes need it. */
  readonly receipt?: string
}

export interface Queue {
  readonly definition: QueueDefinition
  send(body: string, attributes?: Readonly<Record<string, unknown>>, delaySeconds?: number): Message
  /** At most `max` visible messages, hidden for the visibility timeout from now on. */
  receive(max: number, visibilitySeconds?: number): readonly Message[]
  /** Answers whether the receipt named a message that is still there. */
  delete(receipt: string): boolean
  /** How many a receive would find now. */
  visible(): number
  size(): number
  /** Milliseconds until the next hidden message shows; `undefined`: there is none. */
  nextVisibleIn(): number | undefined
  /** Calls back whenever a message came in. */
  onArrival(listener: () => void): void
  snapshot(): readonly Message[]
}

export interface QueueOptions {
  readonly definition: QueueDefinition
  readonly now: () => EpochMs
  readonly state?: readonly Message[]
  readonly onChange: () => void
  /** Takes what was received too often. */
  readonly deadLetters: () => Queue | undefined
}

/** One standard SQS queue: at least once, in no promised order, hidden while somebody works on it. */
export function createQueue({ definition, now, state = [], onChange, deadLetters }: QueueOptions): Queue {
  const messages = new Map(state.map((message) => [message.id, message]))
  const listeners: (() => void)[] = []
  const maxReceives = definition.deadLetters?.maxReceiveCount ?? Number.POSITIVE_INFINITY

  const forgetExpired = (): void => {
    const oldest = now() - definition.retentionSeconds * 1000
    for (const { id, sentAt } of messages.values()) if (sentAt < oldest) messages.delete(id)
  }
  const visible = (): readonly Message[] => {
    forgetExpired()
    return [...messages.values()].filter(({ visibleAt }) => visibleAt <= now())
  }
  const put = (message: Message): Message => {
    messages.set(message.id, message)
    return message
  }
  const buried = (message: Message): boolean => {
    if (message.receiveCount < maxReceives) return false
    messages.delete(message.id)
    deadLetters()?.send(message.body, message.attributes)
    return true
  }

  return {
    definition,
    send: (body, attributes = {}, delaySeconds = definition.delaySeconds) => {
      const sentAt = now()
      const visibleAt = sentAt + delaySeconds * 1000
      const message = put({ id: randomUUID(), body, attributes, sentAt, visibleAt, receiveCount: 0 })
      onChange()
      for (const listener of listeners) listener()
      return message
    },
    receive: (max, visibilitySeconds = definition.visibilityTimeoutSeconds) => {
      const taken = visible()
        .filter((message) => !buried(message))
        .slice(0, max)
      const at = now()
      const received = taken.map((message) =>
        put({
          ...message,
          visibleAt: at + visibilitySeconds * 1000,
          receiveCount: message.receiveCount + 1,
          firstReceivedAt: message.firstReceivedAt ?? at,
          receipt: randomUUID(),
        }),
      )
      onChange()
      return received
    },
    delete: (receipt) => {
      const message = [...messages.values()].find((one) => one.receipt === receipt)
      if (message) messages.delete(message.id)
      onChange()
      return message !== undefined
    },
    visible: () => visible().length,
    size: () => messages.size,
    nextVisibleIn: () => {
      const hidden = [...messages.values()].map(({ visibleAt }) => visibleAt - now()).filter((ms) => ms > 0)
      return hidden.length > 0 ? Math.min(...hidden) : undefined
    },
    onArrival: (listener) => listeners.push(listener),
    snapshot: () => [...messages.values()],
  }
}
