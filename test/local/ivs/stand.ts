import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { afterAll, beforeAll } from 'vitest'
import type { EventBridgeEvent } from '../../../local/ivs/event.ts'
import { createLocalIvs, type LocalIvs, type LocalIvsOptions } from '../../../local/ivs/local-ivs.ts'

export const REGION = 'eu-west-1'
export const ACCOUNT = '123456789012'
/** 2026-11-21T12:00:00Z, a whole second. */
export const NOON = Date.UTC(2026, 10, 21, 12)

export interface Stand {
  readonly ivs: LocalIvs
  readonly events: EventBridgeEvent[]
  /** Milliseconds; tests move it. */
  now: number
}

/** A local IVS whose clock the test holds. Reads do not lag unless the test asks for it. */
export function stand(options: Partial<LocalIvsOptions> = {}): Stand {
  const events: EventBridgeEvent[] = []
  const made: Stand = {
    now: NOON,
    events,
    ivs: createLocalIvs({
      clock: () => made.now,
      region: REGION,
      account: ACCOUNT,
      randomBytes,
      emit: (event) => events.push(event),
      ...options,
      assume: { readLagMs: 0, ...options.assume },
    }),
  }
  return made
}

export const endpointOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** Serves a stand for one test file and gives the official client for it. */
export function served(make: () => Stand = stand): { stand: Stand; client: IVSRealTimeClient; url: () => string } {
  const made = make()
  const server = createServer(made.ivs.handle)
  const client = new IVSRealTimeClient({
    region: REGION,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    endpoint: async () => {
      const { protocol, hostname, port } = new URL(endpointOf(server))
      return { protocol, hostname, port: Number(port), path: '/' }
    },
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())))
  afterAll(() => {
    client.destroy()
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return { stand: made, client, url: () => endpointOf(server) }
}

export interface Signer {
  readonly pem: string
  readonly sign: (header: object, payload: object) => string
}

/** A P-384 key pair and what a backend does with it. */
export function signer(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign(header, payload) {
      const signed = `${part(header)}.${part(payload)}`
      const signature = sign('sha384', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
  }
}
