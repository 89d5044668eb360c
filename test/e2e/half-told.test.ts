import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../lib/http/contract.ts'
import { routeKeyOf } from '../../lib/http/operation.ts'
import type { EventNote } from '../../local/events/event-bridge.ts'
import { type App, startApp, type User } from '../support/app.ts'
import type { Sending } from '../support/flow.ts'
import { flows } from '../support/flows.ts'
import { disarm, expectSuccess, fromEachCallOf, succeeded } from '../support/trouble.ts'
import { until } from '../support/until.ts'

let app: App
let admin: User
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  admin = await app.admin()
}, 60_000)
afterAll(() => app.stop())
afterEach(() => disarm(app))

it('every route behind a login is among the flows', () => {
  const behindLogins = OPERATIONS.filter(({ bearer }) => bearer).map(routeKeyOf)
  expect([...new Set(flows.map(({ route }) => route))].sort()).toEqual(behindLogins.toSorted())
})

/** The ids by which something was told of a stage. */
async function toldOf(stage: string, name: string): Promise<readonly string[]> {
  const { entries } = await app.local<{ entries: EventNote[] }>('GET', '/events?since=0&bus=stagedoor-local')
  return entries.flatMap(({ event, fault }) => {
    const detail = event.detail as { id: string; stageId: string }
    return fault === undefined && event['detail-type'] === name && detail.stageId === stage ? [detail.id] : []
  })
}

async function isWritten(stage: string, action: string): Promise<boolean> {
  const { body } = await admin.call('GET', `/v1/stages/${stage}/audit?limit=100`)
  return body.items.some((entry: { action: string }) => entry.action === action)
}

const FAULTS = ['dynamodb', 'sqs', 'eventbridge', 'ivs'].flatMap((target) => [
  { target, how: 'down', mode: 'error' },
  { target, how: 'losing every answer', mode: 'error', after: true },
])
const changing = flows.filter(({ tells, writes }) => tells !== undefined || writes !== undefined)

describe.each(FAULTS)('$target $how', ({ how: _, ...fault }) => {
  let harmed = 0

  it.each(changing)('$name: once it has worked, it has been told and written down', async (flow) => {
    const { tells, writes } = flow
    let earlier: readonly string[] = []
    const prepare = async (): Promise<Sending> => {
      const send = await flow.prepare(app)
      earlier = tells === undefined ? [] : await toldOf(send.stage ?? '', tells)
      return send
    }
    harmed += await fromEachCallOf(app, { ...flow, prepare }, fault, async (reply, again) => {
      if (!succeeded(reply)) {
        expect(reply.body).toMatchObject({ retryable: true })
        expectSuccess(await again())
      }
      const stage = again.stage ?? ''
      const ids = async (name: string) => (await toldOf(stage, name)).filter((id) => !earlier.includes(id))
      if (tells !== undefined) {
        await until(async () => (await ids(tells)).length > 0)
        expect(new Set(await ids(tells)).size).toBe(1)
      }
      if (writes !== undefined) await until(() => isWritten(stage, writes))
    })
  })

  it('harmed some of them', () => {
    expect(harmed).toBeGreaterThan(0)
  })
})
