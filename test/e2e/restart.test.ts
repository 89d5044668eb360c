import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { againstBundles } from '../support/app.ts'

const serve = join(import.meta.dirname, '../../local/serve.ts')
let data: string
let kill: () => Promise<void> = async () => {}

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stagedoor-'))
})
afterEach(async () => {
  await kill()
  rmSync(data, { recursive: true, force: true })
})

/** A local stack in a process of its own, on the data of the one before. */
async function start() {
  const args = [serve, '--data', data, ...(againstBundles ? ['--bundles'] : [])]
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, PORT: '0' } })
  const exited = once(child, 'exit')
  kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  child.stderr.resume()
  let out = ''
  for await (const chunk of child.stdout) {
    out += String(chunk)
    if (out.includes('Ctrl-C')) break
  }
  const [, api = ''] = /ready at (http:\S+)/.exec(out) ?? []
  const send = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  /** Whatever the twin's port is now: a login says who its issuer is. */
  const as = async (sub: string, claims = {}) => {
    const { token } = (await send('POST', '/_local/login', { sub, ...claims })).body
    return (method: string, path: string, body?: unknown, headers = {}) =>
      send(method, path, body, { authorization: `Bearer ${token}`, ...headers })
  }
  return { send, as }
}

it('finds everything after a kill, and without its signing secret vends nothing', async () => {
  const before = await start()
  const admin = await before.as('admin', { roles: ['admin'] })
  const stageId = 'town-hall'
  expect(await admin('POST', '/v1/stages', { stageId, access: 'open', name: 'Town hall' })).toMatchObject({
    status: 201,
  })
  const key = { 'idempotency-key': 'one-join' }
  const path = `/v1/stages/${stageId}/join`
  const first = await (await before.as('ada', { stages: { '*': 'host' } }))('POST', path, {}, key)
  expect(first.status).toBe(201)
  const { participantId, token, expirationTime } = first.body
  await kill()

  const after = await start()
  const ada = await after.as('ada', { stages: { '*': 'host' } })
  await after.send('POST', '/_local/faults', { target: 'secrets', mode: 'error' })
  const unsigned = await ada('POST', path, {}, key)
  expect(unsigned).toMatchObject({ status: 503, body: { code: 'storage_unavailable', retryable: true } })
  expect(unsigned.body).not.toHaveProperty('token')
  await after.send('DELETE', '/_local/faults')
  await after.send('POST', '/_local/clock', { advance: Number(unsigned.headers.get('retry-after')) })

  const replayed = await ada('POST', path, {}, key)
  expect(replayed).toMatchObject({ status: 200, body: { participantId, expirationTime } })
  expect(replayed.headers.get('idempotency-replayed')).toBe('true')
  const played = await after.send('POST', '/_local/stage/join', { token })
  expect(played).toMatchObject({ status: 200, body: { participantId } })
  const refreshed = await ada('POST', `/v1/stages/${stageId}/participants/${participantId}/token`)
  expect(refreshed).toMatchObject({ status: 201, body: { participantId } })
  const owner = await after.as('admin', { roles: ['admin'] })
  expect(await owner('GET', '/v1/stages')).toMatchObject({
    body: { items: expect.arrayContaining([expect.objectContaining({ stageId, name: 'Town hall' })]) },
  })
  expect(await owner('POST', '/v1/stages', { stageId })).toMatchObject({ status: 409, body: { code: 'stage_exists' } })
}, 60_000)
