import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { describe, expect, it } from 'vitest'
import { createCensus } from '../../../lib/ivs/census.ivs.ts'
import { microsOf } from '../../../lib/time.ts'
import { T0 } from '../../support/participants.ts'
import { arnOf } from '../../support/stages.ts'

/** Answers of IVS's wire, one after the other, and what was asked for them. */
function anIvs(...answers: readonly { readonly status?: number; readonly error?: string; readonly body?: unknown }[]) {
  const asked: { readonly path: string; readonly input: unknown }[] = []
  const client = new IVSRealTimeClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { path: string; body: Uint8Array }) {
        const { status = 200, error, body = {} } = answers[asked.length] ?? {}
        asked.push({ path: request.path, input: JSON.parse(Buffer.from(request.body).toString()) })
        const headers = {
          'content-type': 'application/json',
          ...(error !== undefined && { 'x-amzn-errortype': error }),
        }
        return {
          response: { statusCode: status, headers, body: new TextEncoder().encode(JSON.stringify(body)), reason: '' },
        }
      },
    } as never,
  })
  return { asked, census: createCensus(client) }
}
async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly (readonly T[])[]> {
  const found: (readonly T[])[] = []
  for await (const page of pages) found.push(page)
  return found
}
const ARN = arnOf('one')
const SESSION = 'st-abcdefghijklm'
const gone = { status: 404, error: 'ResourceNotFoundException' }
const broken = { status: 500, error: 'InternalServerException', body: { exceptionMessage: 'user ada' } }

describe('the census', () => {
  it('lists stages, a hundred a page, with their session and tags', async () => {
    const { asked, census } = anIvs(
      { body: { stages: [{ arn: ARN, activeSessionId: SESSION, tags: { a: 'b' } }, {}], nextToken: 'more' } },
      { body: { stages: [{ arn: arnOf('two') }] } },
    )
    expect(await all(census.stages())).toEqual([
      [{ stageArn: ARN, sessionId: SESSION, tags: { a: 'b' } }],
      [{ stageArn: arnOf('two'), tags: {} }],
    ])
    expect(asked).toEqual([
      { path: '/ListStages', input: { maxResults: 100 } },
      { path: '/ListStages', input: { maxResults: 100, nextToken: 'more' } },
    ])
  })

  it('lists who is connected, and takes for published who may have been', async () => {
    const { asked, census } = anIvs({
      body: {
        participants: [
          { participantId: 'a', userId: 'ada', state: 'CONNECTED', published: false },
          { participantId: 'b', userId: '', state: 'CONNECTED' },
          { participantId: 'c', state: 'CONNECTED', published: true, replicationType: 'REPLICA' },
          { participantId: 'd', state: 'DISCONNECTED' },
        ],
      },
    })
    expect(await all(census.connected(ARN, SESSION))).toEqual([
      [
        { participantId: 'a', userId: 'ada', everPublished: false, replica: false },
        { participantId: 'b', everPublished: true, replica: false },
        { participantId: 'c', everPublished: true, replica: true },
      ],
    ])
    expect(asked[0]?.input).toEqual({ stageArn: ARN, sessionId: SESSION, filterByState: 'CONNECTED', maxResults: 100 })
  })

  it('reads all that somebody did, and nothing of somebody unknown', async () => {
    const at = new Date(T0).toISOString()
    const { census } = anIvs(
      { body: { events: [{ name: 'JOINED', eventTime: at }], nextToken: 'more' } },
      { body: { events: [{ name: 'PUBLISH_STARTED', eventTime: at }] } },
      { body: { events: [] } },
      gone,
    )
    expect(await census.doings(ARN, SESSION, 'a')).toEqual({ publishing: true, at: microsOf(T0) })
    expect(await census.doings(ARN, SESSION, 'a')).toBeUndefined()
    expect(await census.doings(ARN, SESSION, 'a')).toBeUndefined()
  })

  it('reads ten pages of what somebody did, and decides nothing by them where there are more', async () => {
    const page = (name: string, more: boolean) => ({
      body: { events: [{ name, eventTime: new Date(T0).toISOString() }], ...(more && { nextToken: 'more' }) },
    })
    const nine = Array.from({ length: 9 }, () => page('JOINED', true))
    const { asked, census } = anIvs(...nine, page('PUBLISH_STARTED', true), ...nine, page('PUBLISH_STARTED', false))
    expect(await census.doings(ARN, SESSION, 'a')).toBeUndefined()
    expect(asked).toHaveLength(10)
    expect(await census.doings(ARN, SESSION, 'a')).toEqual({ publishing: true, at: microsOf(T0) })
    expect(asked).toHaveLength(20)
  })

  it('knows when a session began and ended', async () => {
    const startTime = new Date(T0).toISOString()
    const endTime = new Date(T0 + 5_000).toISOString()
    const { census } = anIvs(
      { body: { stageSession: { startTime } } },
      { body: { stageSession: { startTime, endTime } } },
      gone,
      { status: 403, error: 'AccessDeniedException' },
    )
    expect(await census.session(ARN, SESSION)).toEqual({ startedAt: T0 })
    expect(await census.session(ARN, SESSION)).toEqual({ startedAt: T0, endedAt: T0 + 5_000 })
    expect(await census.session(ARN, SESSION)).toBeUndefined()
    expect(await census.session(ARN, SESSION)).toBeUndefined()
  })

  it('finds nobody where there is no stage any more', async () => {
    expect(await all(anIvs(gone).census.connected(ARN, SESSION))).toEqual([])
  })

  it.each([
    ['stages', (census: ReturnType<typeof createCensus>) => all(census.stages())],
    ['connected', (census: ReturnType<typeof createCensus>) => all(census.connected(ARN, SESSION))],
    ['doings', (census: ReturnType<typeof createCensus>) => census.doings(ARN, SESSION, 'a')],
    ['session', (census: ReturnType<typeof createCensus>) => census.session(ARN, SESSION)],
  ])('%s: trouble at IVS is a fault, and quotes nothing of it', async (_, ask) => {
    const fault: unknown = await ask(anIvs(broken).census).catch((error: unknown) => error)
    expect(fault).toMatchObject({ name: 'Fault', code: 'ivs_error' })
    expect(String(fault)).not.toContain('ada')
  })
})

describe('what somebody does now', () => {
  const event = (name: string, seconds: number, more: object = {}) => ({
    name,
    eventTime: new Date(T0 + seconds * 1000).toISOString(),
    ...more,
  })
  const doings = (events: readonly object[]) => anIvs({ body: { events } }).census.doings(ARN, SESSION, 'a')

  it.each<[string, readonly object[], boolean]>([
    ['nothing yet', [event('JOINED', 0)], false],
    ['publishes', [event('JOINED', 0), event('PUBLISH_STARTED', 1)], true],
    ['stopped', [event('PUBLISH_STARTED', 1), event('PUBLISH_STOPPED', 2)], false],
    ['began again', [event('PUBLISH_STARTED', 1), event('PUBLISH_STOPPED', 2), event('PUBLISH_STARTED', 3)], true],
    ['stopped, listed newest first', [event('PUBLISH_STOPPED', 2), event('PUBLISH_STARTED', 1)], false],
    ['began again within one instant', [event('PUBLISH_STOPPED', 2), event('PUBLISH_STARTED', 2)], true],
  ])('%s', async (_, events, publishing) => {
    expect((await doings(events))?.publishing).toBe(publishing)
  })

  it('may do what its last exchange allows', async () => {
    const token = (...capabilities: readonly string[]) => ({ newToken: { capabilities } })
    const events = [
      event('TOKEN_EXCHANGED', 1, token('PUBLISH', 'SUBSCRIBE')),
      event('TOKEN_EXCHANGED', 2, token('SUBSCRIBE')),
    ]
    expect((await doings(events))?.exchangedTo).toEqual(['SUBSCRIBE'])
  })
})
