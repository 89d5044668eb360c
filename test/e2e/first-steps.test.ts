import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, startApp } from '../support/app.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
}, 60_000)
afterAll(() => app.stop())

it('vends a token that IVS accepts, and IVS refuses it once it is tampered with', async () => {
  const joined = await (await app.user('ada')).join('demo')
  expect(joined.status).toBe(201)
  expect(joined.headers.get('cache-control')).toBe('no-store')
  const { token, participantId } = joined.body
  const [head, payload, signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const wider = { ...claims, capabilities: { allow_publish: true, allow_subscribe: true } }
  const tampered = `${head}.${Buffer.from(JSON.stringify(wider)).toString('base64url')}.${signature}`
  const refused = await app.request('POST', '/_local/stage/join', { body: { token: tampered } })
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect(refused.body.code).toBe('TOKEN_INVALID_SIGNATURE')
  const accepted = await app.request('POST', '/_local/stage/join', { body: { token } })
  expect(accepted).toMatchObject({ status: 200, body: { participantId } })
})
