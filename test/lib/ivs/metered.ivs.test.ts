import { GetStageCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { ivsFault } from '../../../lib/ivs/ivs-fault.ts'
import { metered } from '../../../lib/ivs/metered.ivs.ts'
import type { Priority } from '../../../lib/ivs/quota.ts'
import { arnOf } from '../../support/stages.ts'

/** A client whose calls end in `statuses`, one after the other, behind a quota that refuses once the places are used up. */
function aClient(statuses: readonly number[], places = 10) {
  const sent: string[] = []
  const taken: { readonly operation: string; readonly priority: Priority }[] = []
  const client = new IVSRealTimeClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
    requestHandler: {
      async handle(request: { path: string }) {
        const statusCode = statuses[sent.length] ?? 200
        sent.push(request.path)
        const body = new TextEncoder().encode(JSON.stringify({ stage: { arn: arnOf('one') } }))
        const headers = { 'content-type': 'application/json' }
        return { response: { statusCode, headers, body, reason: '' } }
      },
    } as never,
  })
  const patience = {
    quota: {
      take: async (operation: string, priority: Priority) => {
        taken.push({ operation, priority })
        return taken.length > places ? ({ granted: false, waitMs: 100 } as const) : ({ granted: true } as const)
      },
    },
    wait: async () => {},
    random: () => 0,
    longestWaitMs: 250,
  }
  return { client: metered(client, patience, 'leave'), sent, taken }
}

const getStage = new GetStageCommand({ arn: arnOf('one') })

describe('a metered client', () => {
  it('takes a place for each call, by the name of the operation', async () => {
    const { client, sent, taken } = aClient([200])
    await client.send(getStage)
    expect(taken).toEqual([{ operation: 'GetStage', priority: 'leave' }])
    expect(sent).toEqual(['/GetStage'])
  })

  it("takes one for the SDK's own retry too", async () => {
    const { client, sent, taken } = aClient([500, 200])
    await client.send(getStage)
    expect(sent).toHaveLength(2)
    expect(taken).toHaveLength(2)
  })

  it('makes no call where no place comes free in time, and says so', async () => {
    const { client, sent, taken } = aClient([200], 0)
    const error = await client.send(getStage).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Fault)
    expect(ivsFault(error, 'GetStage')).toMatchObject({ code: 'quota_backoff', retryAfterSeconds: 1 })
    expect(sent).toEqual([])
    expect(taken).toHaveLength(3)
  })
})
