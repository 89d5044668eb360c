import { GetStageCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { describe, expect, it } from 'vitest'
import { createDisconnector } from '../../../lib/ending/disconnector.ivs.ts'
import { createLookout } from '../../../lib/ending/lookout.ivs.ts'
import { Fault } from '../../../lib/fault.ts'
import { ivsFault } from '../../../lib/ivs/ivs-fault.ts'
import { metered, meteredBy } from '../../../lib/ivs/metered.ivs.ts'
import type { Priority } from '../../../lib/ivs/quota.ts'
import { anEnding } from '../../support/endings.ts'
import { userKey } from '../../support/participants.ts'
import { arnOf } from '../../support/stages.ts'

/** A client whose calls end in `statuses`, one after the other, behind a quota that refuses once the places are used up. */
function anIvs(statuses: readonly number[], places = 10) {
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
  return { client, patience, sent, taken }
}

function aClient(statuses: readonly number[], places?: number) {
  const { client, patience, sent, taken } = anIvs(statuses, places)
  return { client: metered(client, patience, 'leave'), sent, taken }
}

/** The same of one that is not metered itself, but by whoever calls. */
function aSharedClient(statuses: readonly number[], places?: number) {
  const { client, patience, sent, taken } = anIvs(statuses, places)
  return { by: meteredBy(client, patience), sent, taken }
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

describe('a client that calls of different urgency share', () => {
  const ending = anEnding({ reason: 'kicked', priority: 'kick' })

  it.each<[string, number[], string[]]>([
    ['a call', [200], ['DisconnectParticipant kick']],
    ['each of its tries', [500, 200], ['DisconnectParticipant kick', 'DisconnectParticipant kick']],
    ['each that IVS throttled', [429, 200], ['DisconnectParticipant kick', 'DisconnectParticipant kick']],
  ])('has a place taken for %s, by its own priority', async (_, statuses, expected) => {
    const { by, sent, taken } = aSharedClient(statuses)
    await createDisconnector(by).disconnect(ending)
    expect(taken.map(({ operation, priority }) => `${operation} ${priority}`)).toEqual(expected)
    expect(sent).toHaveLength(expected.length)
  })

  it('makes no second try that our share has no place for', async () => {
    const { by, sent } = aSharedClient([500, 200], 1)
    await expect(createDisconnector(by).disconnect(ending)).rejects.toMatchObject({ code: 'quota_backoff' })
    expect(sent).toHaveLength(1)
  })

  it('has the deadline of a demotion asked about before sweeps, each try counted', async () => {
    const { by, sent, taken } = aSharedClient([500, 200])
    await createLookout(by).traceOf(arnOf('one'), ending.participantId)
    expect(taken.map(({ priority }) => priority)).toEqual(sent.map(() => 'demotion'))
  })

  it('has looks made with what is left, and without waiting for it', async () => {
    const { by, sent, taken } = aSharedClient([], 0)
    expect(await createLookout(by).connectedOf(arnOf('one'), userKey().userId)).toBeUndefined()
    expect(taken).toEqual([{ operation: 'GetStage', priority: 'look' }])
    expect(sent).toEqual([])
  })

  it('does not take trouble at IVS for no place', async () => {
    const { by } = aSharedClient([500, 500])
    await expect(createLookout(by).connectedOf(arnOf('one'), userKey().userId)).rejects.toMatchObject({
      code: 'ivs_error',
    })
  })
})
