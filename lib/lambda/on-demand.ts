import { setTimeout as wait } from 'node:timers/promises'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { QueueName, Queues } from '../ending/queues.ts'
import type { Presence } from '../ivs/presence.ts'
import type { Patience } from '../ivs/with-quota.ts'
import type { TokenVendor } from '../token/participant-token.ts'

/** `make` runs once, when first asked for; one that failed runs again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/**
 * Ports whose AWS clients most requests of a function never need: their code is loaded at the first use, so that neither
 * a cold start nor a join pays for it.
 */
const ivsClient = once(async () => (await import('../ivs/ivs-client.ivs.ts')).createIvsClient())

/** Asks for a place in the quota first, as whoever gives a seat to somebody else. */
export function presenceOnDemand(patience: Patience): Presence {
  const presence = once(async () => {
    const [{ createIvsClient }, { metered }, { createPresence }] = await Promise.all([
      import('../ivs/ivs-client.ivs.ts'),
      import('../ivs/metered.ivs.ts'),
      import('../ivs/presence.ivs.ts'),
    ])
    return createPresence(metered(createIvsClient(), patience, 'replace'))
  })
  return { connected: async (stageArn, ids) => (await presence()).connected(stageArn, ids) }
}

export function vendorOnDemand(): TokenVendor {
  const vendor = once(async () =>
    (await import('../token/vendor.ivs.ts')).createTokenVendor({ client: await ivsClient() }),
  )
  return { create: async (terms) => (await vendor()).create(terms) }
}

/** Told by few requests, so that the others start without the client. */
export function domainEventsOnDemand(busName: string): DomainEvents {
  const bus = once(async () => {
    const { createDomainEvents } = await import('../domain-event/domain-events.eventbridge.ts')
    return createDomainEvents({ busName, wait, random: Math.random })
  })
  return { publish: async (events) => (events.length === 0 ? undefined : (await bus()).publish(events)) }
}

export function queuesOnDemand(urls: Readonly<Record<QueueName, string>>): Queues {
  const queues = once(async () => (await import('../ending/queues.sqs.ts')).openQueues(urls))
  return { send: async (queue, message, delaySeconds) => (await queues()).send(queue, message, delaySeconds) }
}
