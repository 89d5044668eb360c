import { describe, expect, it, vi } from 'vitest'
import { handler } from '../../../functions/meta.ts'
import { healthRoute } from '../../../lib/meta/health.handler.ts'
import { openApiRoute } from '../../../lib/meta/openapi.handler.ts'
import { apiEvent, context } from '../../support/api-event.ts'
import { testEdge } from '../../support/edge.ts'

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'SILENT'
})

const document = { openapi: '3.1.1', info: { title: 'x' } }
const { send, endpoint } = testEdge({ ...healthRoute('1.2.3'), ...openApiRoute(document) })

describe('GET /v1/health', () => {
  it('says which version answers, to anyone', async () => {
    const { statusCode, body } = await endpoint(apiEvent('GET /v1/health'), context)
    expect(statusCode).toBe(200)
    expect(JSON.parse(body ?? '')).toEqual({ status: 'ok', version: '1.2.3', features: [] })
  })

  it('refuses what it does not know', async () => {
    expect(await send('GET /v1/health', { query: { verbose: '1' } })).toMatchObject({ statusCode: 400 })
  })
})

describe('GET /v1/openapi.json', () => {
  it('answers the document, and 304 to who has it', async () => {
    const first = await send('GET /v1/openapi.json')
    expect(first).toMatchObject({
      statusCode: 200,
      json: document,
      headers: { ETag: expect.stringMatching(/^"[\w-]{43}"$/) },
    })
    const again = await send('GET /v1/openapi.json', { headers: { 'if-none-match': String(first.headers?.ETag) } })
    expect(again).toMatchObject({ statusCode: 304, headers: { ETag: first.headers?.ETag } })
    expect(again.body).toBeUndefined()
  })
})

describe('functions/meta.ts', () => {
  it('serves both, without a setting of any kind', async () => {
    const health = await handler(apiEvent('GET /v1/health'), context)
    const api = await handler(apiEvent('GET /v1/openapi.json'), context)
    expect([health.statusCode, api.statusCode]).toEqual([200, 200])
    expect(JSON.parse(api.body ?? '').info.version).toBe(JSON.parse(health.body ?? '').version)
  })
})
