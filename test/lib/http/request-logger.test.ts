import { beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { implement } from '../../../lib/http/operation.ts'
import type { LogFields } from '../../../lib/http/request-log.ts'
import { createRequestLogger } from '../../../lib/http/request-logger.ts'
import { joinOperation } from '../../../lib/join/join.contract.ts'
import { createLogLines } from '../../../lib/log/log-lines.ts'
import { ok, refuse } from '../../../lib/result.ts'
import { caller, testEdge } from '../../support/edge.ts'

const JOIN = 'POST /v1/stages/{stageId}/join'
const MARKER = 'marker-7f3a'
const written: string[] = []
beforeEach(() => {
  written.length = 0
})

const lines = () =>
  written
    .join('')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
const debugLogger = (elapsed = () => 0) =>
  createRequestLogger(createLogLines({ level: 'DEBUG', write: (line) => written.push(line), now: () => 0 }), elapsed)

describe('the request log', () => {
  it('writes one line with the fields of the request, its end and its timings', async () => {
    let now = 0
    const log = debugLogger(() => now)({ requestId: 'r1', route: JOIN })
    log.note({ userId: 'ada', rule: 'granted' })
    await log.time('storage', async () => {
      now += 12.34
    })
    await log.time('storage', async () => {
      now += 1
    })
    log.end({ status: 201 })
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'request',
        requestId: 'r1',
        route: JOIN,
        status: 201,
        userId: 'ada',
        rule: 'granted',
        timings: { storage: 13.3, total: 13.3 },
      }),
    ])
  })

  it('counts the time of work that fails', async () => {
    let now = 0
    const log = debugLogger(() => now)({ requestId: 'r1', route: JOIN })
    const work = log.time('storage', async () => {
      now += 7
      throw new Error('down')
    })
    await expect(work).rejects.toThrow('down')
    log.end({ status: 503 })
    expect(lines()[0]).toMatchObject({ level: 'ERROR', timings: { storage: 7 } })
  })

  it('writes the grant line at once, with what is known of the request', () => {
    const log = debugLogger()({ requestId: 'r1', route: JOIN })
    log.note({ userId: 'ada', stageId: 'town-hall' })
    log.grant({ participantId: 'p1', role: 'viewer', capabilities: ['SUBSCRIBE'], duration: 60 })
    expect(lines()).toEqual([
      expect.objectContaining({
        message: 'grant',
        requestId: 'r1',
        userId: 'ada',
        stageId: 'town-hall',
        participantId: 'p1',
        role: 'viewer',
        capabilities: ['SUBSCRIBE'],
        duration: 60,
      }),
    ])
  })

  it('drops what is not on its list, even where the types were got around', () => {
    const log = debugLogger()({ requestId: 'r1', route: JOIN })
    const tooMuch: LogFields = Object.assign({ role: 'viewer' }, { token: MARKER, attributes: { a: MARKER } })
    log.note(tooMuch)
    log.grant(tooMuch)
    log.end({ status: 200 })
    expect(lines().map(({ role }) => role)).toEqual(['viewer', 'viewer'])
    expect(written.join('')).not.toContain(MARKER)
  })

  it('keeps requests that are served at once apart', () => {
    const open = debugLogger()
    const [a, b] = [open({ requestId: 'a', route: JOIN }), open({ requestId: 'b', route: JOIN })]
    a.note({ userId: 'ada' })
    b.note({ stageId: 'town-hall' })
    b.end({ status: 200 })
    a.end({ status: 200 })
    expect(lines().map(({ requestId, userId, stageId }) => [requestId, userId, stageId])).toEqual([
      ['b', undefined, 'town-hall'],
      ['a', 'ada', undefined],
    ])
  })
})

describe('at DEBUG, whatever happens', () => {
  const attributes = { displayName: MARKER }
  const outcomes = {
    granted: async () =>
      ok({
        status: 201,
        confidential: true,
        body: { token: MARKER, attributes },
        headers: { 'X-Test': MARKER },
      } as const),
    refused: async () => refuse({ code: 'not_a_member' } as const),
    'a fault with the request in its cause': async () => {
      throw new Fault('storage_unavailable', 'the table did not answer', { cause: new Error(MARKER) })
    },
    'an error with the request in its message': async () => {
      throw Object.assign(new TypeError(`${MARKER}\n    at ${MARKER}.ts:1:1`), { input: attributes, name: MARKER })
    },
  }

  it.each(Object.entries(outcomes))(
    'no header, body, token, claim or attribute is logged: %s',
    async (_what, handle) => {
      const { send } = testEdge(implement(joinOperation, handle), {
        logger: debugLogger(),
        authenticate: async () => ok({ ...caller, attributes, roles: [MARKER], stageGrants: { [MARKER]: MARKER } }),
      })
      const request = { path: { stageId: 'town-hall' }, headers: { authorization: `Bearer ${MARKER}`, cookie: MARKER } }
      await send(JOIN, { ...request, body: JSON.stringify({ attributes }) })
      await send(JOIN, { ...request, body: JSON.stringify({ [MARKER]: MARKER }) })
      await send(JOIN, { ...request, body: MARKER })
      await send(JOIN, { ...request, query: { [MARKER]: MARKER } })
      await send(JOIN, { ...request, path: { stageId: MARKER.toUpperCase() } })
      await send(`GET /${MARKER}`, request)
      expect(lines()).toHaveLength(6)
      expect(written.join('').toLowerCase()).not.toContain(MARKER)
    },
  )
})
