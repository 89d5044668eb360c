import { expect } from 'vitest'
import type { App, Reply } from './app.ts'
import { functionOf } from './deployed-functions.ts'
import type { Flow, Sending } from './flow.ts'

/** What `POST /_local/faults` takes. */
export type Fault = Readonly<Record<string, unknown>>

export const arm = (app: App, fault: Fault): Promise<unknown> => app.local('POST', '/faults', fault)
export const disarm = (app: App): Promise<unknown> => app.local('DELETE', '/faults')

/** How many calls the faults that are armed have hit. */
export async function hitsOn(app: App): Promise<number> {
  const { faults } = await app.local<{ faults: readonly { hits: number }[] }>('GET', '/faults')
  return faults.reduce((sum, fault) => sum + fault.hits, 0)
}

export const succeeded = ({ status }: Reply): boolean => status < 300

export function expectSuccess(reply: Reply): void {
  expect(succeeded(reply), `${reply.status} ${reply.body?.code}`).toBe(true)
}

/** Trouble that is ours: said in our words, worth another try, and with no token in it. */
export function expectTrouble(reply: Reply, status: number, code: string): void {
  expect(reply).toMatchObject({ status, body: { status, code, retryable: true } })
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  expect(reply.body).not.toHaveProperty('token')
}

/** What a client may do that is told when to come back. */
export async function afterWaiting(app: App, send: () => Promise<Reply>): Promise<Reply> {
  const reply = await send()
  if (reply.body?.code !== 'rate_limited') return reply
  await app.local('POST', '/clock', { advance: Number(reply.headers.get('retry-after')) })
  return send()
}

/** More calls than any request makes. */
const MAX_CALLS = 16

/**
 * Runs a flow with a fault from its first call on, then from its second on, and so on until it is through unharmed. Answers
 * how often it was harmed.
 */
export async function fromEachCallOf(
  app: App,
  { prepare, route }: Flow,
  fault: Fault,
  check: (reply: Reply, again: Sending, skip: number) => Promise<void>,
): Promise<number> {
  for (let skip = 0; skip < MAX_CALLS; skip++) {
    const send = await prepare(app)
    await arm(app, { function: functionOf(route), ...fault, skip })
    const reply = await send()
    const hits = await hitsOn(app)
    await disarm(app)
    if (hits === 0) return skip
    await check(reply, send, skip)
  }
  throw new Error('a request that makes so many calls is wrong in itself')
}
