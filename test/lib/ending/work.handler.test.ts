import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { type Message, writeMessage } from '../../../lib/ending/message.ts'
import { endingsHandler } from '../../../lib/ending/work.handler.ts'
import { Fault } from '../../../lib/fault.ts'
import { aDemotion, aLook, anAftermath, anEnding, aWatch, place, watchedIds } from '../../support/endings.ts'
import { T0 } from '../../support/participants.ts'

function scene() {
  const made = anAftermath()
  const gone = new Set<string>()
  const lines: object[] = []
  const log = (message: string, fields: object): void => {
    lines.push({ message, ...fields })
  }
  const handler = endingsHandler({
    ...made.deps,
    ...{ endings: made.endings, clock: () => T0 + 20_000, logger: { info: log, warn: log } },
    lookout: {
      connectedOf: made.connectedOf,
      surelyConnectedOf: made.connectedOf,
      traceOf: async () => undefined,
    },
    ...{
      presence: { connected: made.connectedOf },
      lastSweep: async () => undefined,
      sweeps: { soon: async () => {} },
    },
    recorded: async () => ({ capabilities: ['SUBSCRIBE'] }),
    end: async () => {},
    isGone: async ({ stageArn }) => gone.has(stageArn),
  })
  const batch = (...bodies: readonly string[]): SQSEvent =>
    ({
      Records: bodies.map((body, index) => ({
        ...{ messageId: `m${index}`, body },
        attributes: { SentTimestamp: String(T0) },
      })),
    }) as unknown as SQSEvent
  const watching = (ids: Readonly<Record<string, number>>) =>
    made.deps.watches.save(aLook(), aWatch(watchedIds(ids)), undefined)
  return {
    ...made,
    watching,
    gone,
    handler,
    lines,
    batch,
    of: (...all: readonly Message[]) => batch(...all.map(writeMessage)),
  }
}
const look: Message = { kind: 'look', look: aLook() }
const ending = (id: string): Message => ({ kind: 'ending', ending: anEnding({ id }) })

describe('a batch of endings, watches and deadlines', () => {
  it('is done, each of its kind, as of when it was sent', async () => {
    const { handler, of, done, told, sent, connected, watching } = scene()
    connected.add('p2')
    await watching({ p2: 3_600 })
    const demotion: Message = {
      kind: 'demotion',
      demotion: aDemotion({ participantId: anEnding({ id: 'p3' }).participantId }),
    }
    expect(await handler(of(ending('p1'), look, demotion))).toEqual({ batchItemFailures: [] })
    expect(done).toEqual(['p1 banned'])
    expect(told).toMatchObject([{ at: T0, participantId: 'p1' }])
    expect(sent.map(({ participantId, reason }) => `${participantId} ${reason}`)).toEqual(['p2 banned', 'p3 demoted'])
  })

  it('asks IVS nothing of a stage that is gone; what ended there is written down and told all the same', async () => {
    const { handler, of, gone, done, freed, told, sent, connected, watching, watch } = scene()
    gone.add(place.stageArn)
    connected.add('p2')
    const freeing: Message = { kind: 'ending', ending: anEnding({ id: 'p1', freesSeat: true }) }
    await watching({ p2: 3_600 })
    expect(await handler(of(freeing, look, { kind: 'demotion', demotion: aDemotion() }))).toEqual({
      batchItemFailures: [],
    })
    expect([done, sent, freed]).toEqual([[], [], ['p1']])
    expect(told).toMatchObject([{ name: 'participant.ended', participantId: 'p1' }])
    expect(watch()?.ids).toHaveLength(2)
  })

  it.each([
    ['no JSON', 'end!'],
    ['nothing of ours', '{}'],
  ])('fails the one that is %s, and does the rest', async (_, bad) => {
    const { handler, batch, done } = scene()
    const event = batch(writeMessage(ending('p1')), bad, writeMessage(ending('p2')))
    expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] })
    expect(done).toEqual(['p1 banned', 'p2 banned'])
  })

  it.each(['disconnect', 'seats', 'audit', 'events', 'looks'] as const)(
    'has what %s failed come again, and says so without why',
    async (name) => {
      const { handler, of, faults, lines, done } = scene()
      faults[name] = new Fault('ivs_error', 'said in confidence')
      const freeing: Message = { kind: 'ending', ending: anEnding({ id: 'p1', freesSeat: true }) }
      expect(await handler(of(freeing))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
      expect(lines).toEqual([{ message: 'ending_failed', messageId: 'm0', error: 'Fault' }])
      delete faults[name]
      expect(await handler(of(freeing))).toEqual({ batchItemFailures: [] })
      expect(done.at(-1)).toBe('p1 banned')
    },
  )

  it('says whom it ended and why, and of everything else its kind', async () => {
    const { handler, of, lines } = scene()
    await handler(of(ending('p1'), look))
    expect(lines).toEqual([
      { message: 'ended', messageId: 'm0', kind: 'ending', participantId: 'p1', reason: 'banned' },
      { message: 'ended', messageId: 'm1', kind: 'look' },
    ])
  })
})
