import { setTimeout as sleep } from 'node:timers/promises'
import type { Faults } from './aws/faults.ts'
import type { EventBridgeEvent } from './ivs/event.ts'

/** The default event bus of the twin's account. */
export interface Bus {
  emit(event: EventBridgeEvent): void
  /** A rule's place: called with every event that arrives, in the order it arrives. */
  subscribe(take: (event: EventBridgeEvent) => void): void
}

/** Delivers as EventBridge may: with the faults that were asked for, an event is lost, late, doubled or overtaken. */
export function createBus(faults: Faults): Bus {
  const takers: ((event: EventBridgeEvent) => void)[] = []
  let overtaken: EventBridgeEvent[] = []
  const deliver = (event: EventBridgeEvent): void => {
    const late = overtaken
    overtaken = []
    for (const one of [event, ...late]) for (const take of takers) take(one)
  }
  return {
    emit: (event) => {
      const fault = faults.draw('events', String(event.detail.event_name ?? event['detail-type']))
      if (fault?.mode === 'drop') return
      if (fault?.mode === 'delay') void sleep(fault.delayMs, undefined, { ref: false }).then(() => deliver(event))
      else if (fault?.mode === 'reorder') overtaken.push(event)
      else deliver(event)
      if (fault?.mode === 'duplicate') deliver(event)
    },
    subscribe: (take) => takers.push(take),
  }
}
