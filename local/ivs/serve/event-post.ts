import type { EventBridgeEvent } from '../event.ts'

export interface EventPost {
  readonly emit: (event: EventBridgeEvent) => void
  /** Settles when everything emitted so far was posted or given up. */
  readonly drained: () => Promise<void>
}

const TIMEOUT_MS = 5000

/** Posts events one after the other, in order. One that cannot be delivered is lost, as IVS's may be; `onLost` hears of it. */
export function createEventPost(url: string, onLost: (event: EventBridgeEvent) => void): EventPost {
  let last: Promise<void> = Promise.resolve()

  async function post(event: EventBridgeEvent): Promise<void> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await response.arrayBuffer()
      if (!response.ok) onLost(event)
    } catch {
      onLost(event)
    }
  }

  return {
    emit(event) {
      last = last.then(() => post(event))
    },
    drained: () => last,
  }
}
