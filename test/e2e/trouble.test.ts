import { ListStagesCommand, type StageSummary } from '@aws-sdk/client-ivs-realtime'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Reply, startApp } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { flowNamed, flows } from '../support/flows.ts'
import {
  afterWaiting,
  arm,
  disarm,
  expectSuccess,
  expectTrouble,
  fromEachCallOf,
  hitsOn,
  succeeded,
} from '../support/trouble.ts'

type DropFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never

let app: App
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
}, 60_000)
afterAll(() => app.stop())
afterEach(() => disarm(app))

const expectUnavailable = (reply: Reply): void => expectTrouble(reply, 503, 'storage_unavailable')

/** Every flow needs the table. */
async function fromEachCall(...[flow, fault, check]: DropFirst<Parameters<typeof fromEachCallOf>>): Promise<void> {
  expect(await fromEachCallOf(app, flow, fault, check)).toBeGreaterThan(0)
}

describe('DynamoDB losing an answer, or doing something twice', () => {
  it.each(
    flows.flatMap((flow) => [
      { ...flow, how: 'one answer lost', fault: { mode: 'error', after: true } },
      { ...flow, how: 'one call doubled', fault: { mode: 'duplicate' } },
    ]),
  )('$name, $how: works all the same', async ({ fault, ...flow }) => {
    await fromEachCall(flow, { target: 'dynamodb', count: 1, ...fault }, async (reply) => expectSuccess(reply))
  })
})

describe('DynamoDB down', () => {
  it.each(flows)('$name: is 503 and no token, and works as soon as it is back', async (flow) => {
    await fromEachCall(flow, { target: 'dynamodb', mode: 'error' }, async (reply, again, skip) => {
      // What comes after the answer is settled (a seat freed, a note for others) may fail without harm.
      if (skip > 0 && succeeded(reply)) return
      expectUnavailable(reply)
      expectSuccess(await again())
    })
  })

  it.each(flows)('$name: with every answer lost, nothing is left that is in the way', async (flow) => {
    await fromEachCall(flow, { target: 'dynamodb', mode: 'error', after: true }, async (reply, again, skip) => {
      if (skip > 0 && succeeded(reply)) return
      expectUnavailable(reply)
      const next = await afterWaiting(app, again)
      // It is there whole: a record and the IVS stage behind it.
      if (next.body?.code === 'stage_exists') expect(flow.name).toBe('creating a stage')
      else expectSuccess(next)
    })
  })

  it.each(['throttle', 'drop', 'timeout'])('joining while it answers with %s: the same', async (mode) => {
    const send = await flowNamed('joining').prepare(app)
    await arm(app, { target: 'dynamodb', mode })
    expectUnavailable(await send())
    await disarm(app)
    expectSuccess(await send())
  })
})

describe('a stage whose record cannot be written', () => {
  async function stagesOfIvs(): Promise<ReadonlyMap<string | undefined, StageSummary>> {
    const { ivs } = adminClients(app.info)
    const found: StageSummary[] = []
    let nextToken: string | undefined
    do {
      const page = await ivs.send(new ListStagesCommand({ maxResults: 100, nextToken }))
      found.push(...(page.stages ?? []))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    return new Map(found.map((stage) => [stage.arn, stage]))
  }

  it.each([0, 1, 2])('has no IVS stage either: write %i and all after it fail', async (skip) => {
    const before = await stagesOfIvs()
    const send = await flowNamed('creating a stage').prepare(app)
    await arm(app, { target: 'dynamodb', operation: 'PutItem', mode: 'error', skip })
    expectUnavailable(await send())
    expect(await hitsOn(app)).toBeGreaterThan(0)
    await disarm(app)
    expect([...(await stagesOfIvs()).keys()].sort()).toEqual([...before.keys()].sort())
    expectSuccess(await send())
    expect((await stagesOfIvs()).size).toBe(before.size + 1)
  })

  it('where it cannot be known either, the IVS stage says by its tags whose it is', async () => {
    const before = await stagesOfIvs()
    const send = await flowNamed('creating a stage').prepare(app)
    await arm(app, { target: 'dynamodb', mode: 'error', skip: 1 })
    expectUnavailable(await send())
    await disarm(app)
    const left = [...(await stagesOfIvs()).values()].filter(({ arn }) => !before.has(arn))
    expect(left.length).toBeLessThanOrEqual(1)
    for (const { tags = {} } of left) {
      expect(tags).toMatchObject({
        'stagedoor:deployment': 'stagedoor-local',
        'stagedoor:stage-uid': expect.any(String),
      })
    }
  })
})
