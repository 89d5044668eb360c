import { setTimeout as wait } from 'node:timers/promises'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import { once } from './once.ts'

/** Told by few requests of an API function, so that the others start without the client. */
export function domainEventsOnDemand(busName: string): DomainEvents {
  const bus = once(async () => {
    const { createDomainEvents } = await import('../domain-event/domain-events.eventbridge.ts')
    return createDomainEvents({ busName, wait, random: Math.random })
  })
  return { publish: async (events) => (events.length === 0 ? undefined : (await bus()).publish(events)) }
}
