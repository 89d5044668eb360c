import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { eventsHandler } from '../../../lib/event/events.handler.ts'
import { Fault } from '../../../lib/fault.ts'
import { T0 } from '../../support/participants.ts'
import { anEventScene } from '../../support/stage-events.ts'

const wholeSecond = new Date(T0).toISOString().replace('.000', '')

async function scene() {
  const made = await anEventScene()
  const lines: object[] = []
  const log = (message: string, fields: object): void => {
    lines.push({ message, ...fields })
  }
  const handler = eventsHandler({ ...made.deps, logger: { info: log, warn: log } })
  const envelope = (participantId: string, changes: object = {}): object => ({
    ...{ version: '0', id: `of-${participantId}`, 'detail-type': 'IVS Stage Update', source: 'aws.ivs' },
    ...{ account: '111122223333', region: 'eu-west-1', time: wholeSecond, resources: [made.stage.generation.stageArn] },
    detail: {
      ...{ session_id: 'st-1', event_name: 'Participant Published', event_time: wholeSecond },
      ...{ user_id: 'ada', participant_id: participantId, attributes: { displayName: 'said in confidence' } },
    },
    ...changes,
  })
  const batch = (...bodies: readonly string[]): SQSEvent =>
    ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) }) as SQSEvent
  const of = (...envelopes: readonly object[]): SQSEvent => batch(...envelopes.map((one) => JSON.stringify(one)))
  return { ...made, handler, lines, envelope, batch, of }
}

describe('a batch of events', () => {
  it('takes in each of them, of one stage at once, and fails none', async () => {
    const { handler, envelope, of, roster, lines } = await scene()
    const ids = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']
    expect(await handler(of(...ids.map((id) => envelope(id))))).toEqual({ batchItemFailures: [] })
    expect((await roster())?.entries.map(({ participantId }) => participantId).sort()).toEqual(ids)
    expect(lines).toHaveLength(7)
    expect(lines[0]).toEqual({
      message: 'event',
      messageId: 'm0',
      eventId: 'of-p1',
      kind: 'published',
      outcome: 'applied',
    })
  })

  it.each([
    ['no JSON', 'published!'],
    ['nothing', ''],
    ['no event', '{}'],
    ['an event that lacks what its name says', JSON.stringify({ id: 'x', source: 'aws.ivs' })],
  ])('fails the one that is %s, and the rest is unharmed', async (_, bad) => {
    const { handler, envelope, batch, roster } = await scene()
    const event = batch(JSON.stringify(envelope('p1')), bad, JSON.stringify(envelope('p2')))
    expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] })
    expect((await roster())?.entries).toHaveLength(2)
  })

  it('lets what is none of ours, and what nobody knows, go', async () => {
    const { handler, envelope, of, lines } = await scene()
    const strange = envelope('p1', { resources: ['arn:aws:ivs:eu-west-1:111122223333:stage/other'] })
    const unknown = envelope('p1', { 'detail-type': 'IVS Of Tomorrow' })
    expect(await handler(of(strange, unknown))).toEqual({ batchItemFailures: [] })
    expect(lines).toMatchObject([{ outcome: 'ignored' }, { outcome: 'recorded', kind: 'unknown' }])
  })

  it('lets one come again that could not be written, and takes it in then', async () => {
    const { handler, envelope, of, faults, roster, lines } = await scene()
    faults.rosters = new Fault('storage_unavailable', 'said in confidence')
    expect(await handler(of(envelope('p1')))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(lines).toEqual([{ message: 'event_failed', messageId: 'm0', error: 'Fault' }])
    delete faults.rosters
    expect(await handler(of(envelope('p1')))).toEqual({ batchItemFailures: [] })
    expect((await roster())?.entries).toHaveLength(1)
  })

  it('says nothing of attributes, nor of what went wrong but its name', async () => {
    const { handler, envelope, of, batch, faults, lines } = await scene()
    await handler(of(envelope('p1')))
    faults.history = new Error('said in confidence')
    await handler(of(envelope('p2')))
    await handler(batch('{"said in confidence'))
    expect(JSON.stringify(lines)).not.toContain('confidence')
  })
})
