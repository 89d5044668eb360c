import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { Fault } from '../fault.ts'
import type { DomainEvents } from './domain-event.ts'
import { batchesOf, type Entry, entryOf } from './entry.ts'

const CONNECT_TIMEOUT_MS = 1_000
const REQUEST_TIMEOUT_MS = 2_000
/** Of the SDK, for a call that fails whole; of ours, for entries that were left behind. */
const MAX_ATTEMPTS = 3
const FIRST_PAUSE_MS = 100

export interface EventBusDeps {
  readonly busName: string
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/** Our own bus. Region, credentials and endpoint come from the SDK's own variables. */
export function createDomainEvents({ busName, wait, random }: EventBusDeps): DomainEvents {
  const client = new EventBridgeClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })

  /** Those of the entries that the bus did not take: one call can succeed in part. */
  const left = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
    const put = new PutEventsCommand({ Entries: entries.map((entry) => ({ ...entry, EventBusName: busName })) })
    const answer = await client.send(put).catch((error: unknown) => {
      throw unavailable(error instanceof Error ? error.name : 'unknown')
    })
    return entries.filter((_, index) => answer.Entries?.[index]?.EventId === undefined)
  }

  return {
    async publish(events) {
      for (const batch of batchesOf(events.map(entryOf))) {
        let entries = await left(batch)
        for (let attempt = 1; entries.length > 0; attempt++) {
          if (attempt >= MAX_ATTEMPTS) throw unavailable('entries were left behind')
          await wait(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + random() / 2))
          entries = await left(entries)
        }
      }
    },
  }
}

const unavailable = (reason: string): Fault => new Fault('storage_unavailable', `EventBridge PutEvents: ${reason}`)
