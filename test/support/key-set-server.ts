import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LoginKey } from './logins.ts'

export interface KeySetServer {
  readonly url: string
  /** The path of every request so far. */
  readonly hits: string[]
  /** `broken` answers 500 until it is `well` again. */
  become(state: 'well' | 'broken'): void
  stop(): Promise<void>
}

/** An identity provider's key set on loopback, or a trap: it writes down whoever comes. */
export async function startKeySetServer(keys: readonly LoginKey[]): Promise<KeySetServer> {
  const hits: string[] = []
  let state: 'well' | 'broken' = 'well'
  const server = createServer((request, response) => {
    hits.push(request.url ?? '')
    response.statusCode = state === 'well' ? 200 : 500
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    become: (next) => {
      state = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
