import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Delays, Tally } from './services.ts'

export interface StandIn {
  readonly url: string
  putItem(table: string, key: object | undefined, value: object): Promise<void>
  putText(name: string, value: string): Promise<void>
  delay(delays: Partial<Delays>): Promise<void>
  /** What was called since the last time this was asked, by operation. */
  calls(): Promise<Readonly<Record<string, Tally>>>
  stop(): void
}

/** AWS, as far as a join needs it, in a process of its own on a free port of loopback. */
export async function startStandIn(): Promise<StandIn> {
  const child = fork(join(import.meta.dirname, 'aws.ts'))
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const url = `http://127.0.0.1:${port}`
  const ask = async (method: string, body?: object): Promise<Readonly<Record<string, Tally>>> => {
    const response = await fetch(`${url}/bench`, { method, ...(body && { body: JSON.stringify(body) }) })
    return (await response.json()) as Readonly<Record<string, Tally>>
  }
  return {
    url,
    putItem: async (table, key, value) => void (await ask('PUT', { item: { table, key, value } })),
    putText: async (name, value) => void (await ask('PUT', { text: { name, value } })),
    delay: async (delay) => void (await ask('PUT', { delay })),
    calls: () => ask('DELETE'),
    stop: () => child.disconnect(),
  }
}
