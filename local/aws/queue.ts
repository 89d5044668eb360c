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
  /** The queue whose dead letter it is. */
  readonly deadIn?: string
}

export interface Queue {
  readonly definition: QueueDefinition
  send(body: string, attributes?: Readonly<Record<string, unknown>>, delaySeconds?: number): Message
  /** At most `max` visible messages, hidden for the visibility timeout from now on. */
  receive(max: number, visibilitySeconds?: number): readonly Message[]
  /** Answers whether the receipt named a message that is still there. */
  delete(receipt: string): boolean
  /** Hides a received message for so long from now on; answers whether the receipt named one. */
  hide(receipt: string, seconds: number): boolean
  /** Puts dead letters back into the queues they came from, or all into `to`; answers how many. */
  redrive(queueOf: (name: string) => Queue | undefined, to?: Queue): number
  /** Takes in a message that another queue gave up. */
  bury(message: Message, from: string): void
  /** How many a receive would find now. */
  visible(): number
  /** Whether a receive would find nothing now. */
  isEmpty(): boolean
  size(): number
  /** Milliseconds until the next hidden message shows; `undefined`: there is none. */
  nextVisibleIn(): number | undefined
  /** Calls back whenever a message came in, or will show sooner than it would have. */
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

  /** One by one, so that a receive from a long queue does not look at all of it. Forgets what is too old on the way. */
  function* visible(): Generator<Message> {
    const at = now()
    const oldest = at - definition.retentionSeconds * 1000
    for (const message of messages.values()) {
      if (message.sentAt < oldest) messages.delete(message.id)
      else if (message.visibleAt <= at) yield message
    }
  }
  const put = (message: Message): Message => {
    messages.set(message.id, message)
    return message
  }
  const arrived = (): void => {
    onChange()
    for (const listener of listeners) listener()
  }
  const heldBy = (receipt: string): Message | undefined => {
    const message = messages.get(receipt.split('/')[0] ?? '')
    return message?.receipt === receipt ? message : undefined
  }
  const buried = (message: Message): boolean => {
    if (message.receiveCount < maxReceives) return false
    messages.delete(message.id)
    deadLetters()?.bury(message, definition.name)
    return true
  }

  return {
    definition,
    send: (body, attributes = {}, delaySeconds = definition.delaySeconds) => {
      const sentAt = now()
      const visibleAt = sentAt + delaySeconds * 1000
      const message = put({ id: randomUUID(), body, attributes, sentAt, visibleAt, receiveCount: 0 })
      arrived()
      return message
    },
    receive: (max, visibilitySeconds = definition.visibilityTimeoutSeconds) => {
      const at = now()
      const received: Message[] = []
      for (const message of visible()) {
        if (received.length === max) break
        if (buried(message)) continue
        const taken = put({
          ...message,
          visibleAt: at + visibilitySeconds * 1000,
          receiveCount: message.receiveCount + 1,
          firstReceivedAt: message.firstReceivedAt ?? at,
          receipt: `${message.id}/${randomUUID()}`,
        })
        received.push(taken)
      }
      onChange()
      return received
    },
    delete: (receipt) => {
      const message = heldBy(receipt)
      if (message) messages.delete(message.id)
      onChange()
      return message !== undefined
    },
    hide: (receipt, seconds) => {
      const message = heldBy(receipt)
      if (message) put({ ...message, visibleAt: now() + seconds * 1000 })
      arrived()
      return message !== undefined
    },
    bury: ({ id, body, attributes, sentAt }, from) => {
      put({ id, body, attributes, sentAt, visibleAt: now(), receiveCount: 0, deadIn: from })
      arrived()
    },
    redrive: (queueOf, to) => {
      const moving = [...visible()].flatMap((message) => {
        const target = to ?? (message.deadIn === undefined ? undefined : queueOf(message.deadIn))
        return target ? [{ message, target }] : []
      })
      for (const { message, target } of moving) {
        messages.delete(message.id)
        target.send(message.body, message.attributes, 0)
      }
      onChange()
      return moving.length
    },
    visible: () => [...visible()].length,
    isEmpty: () => visible().next().done === true,
    size: () => messages.size,
    nextVisibleIn: () => {
      const at = now()
      let next = Number.POSITIVE_INFINITY
      for (const { visibleAt } of messages.values()) if (visibleAt > at && visibleAt < next) next = visibleAt
      return next === Number.POSITIVE_INFINITY ? undefined : next - at
    },
    onArrival: (listener) => listeners.push(listener),
    snapshot: () => [...messages.values()],
  }
}
