import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as sdk from '@aws-sdk/client-ivs-realtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseServeOptions } from '../../../local/ivs/serve/options.ts'
import { type IvsServer, startIvsServer } from '../../../local/ivs/serve/server.ts'
import { outcomeOf } from './conformance/send.ts'
import { endpointOf } from './stand.ts'

const PROGRAM = join(import.meta.dirname, '../../../local/ivs/serve-ivs.ts')
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function start(...flags: string[]): Promise<IvsServer & { client: sdk.IVSRealTimeClient; warnings: string[] }> {
  const warnings: string[] = []
  const options = parseServeOptions(['--port', '0', '--assume', 'readLagMs=0', ...flags])
  const server = await startIvsServer(options, (line) => warnings.push(line))
  const client = new sdk.IVSRealTimeClient({
    region: 'us-east-1',
    endpoint: server.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  undo.push(server.stop, () => client.destroy())
  return { ...server, client, warnings }
}

async function local(
  url: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {}
  const response = await fetch(`${url}/_local${path}`, init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const text = (value: unknown): string => String(value)
async function stageAndToken({ client }: { client: sdk.IVSRealTimeClient }) {
  const { stage } = await client.send(new sdk.CreateStageCommand({}))
  const { participantToken } = await client.send(new sdk.CreateParticipantTokenCommand({ stageArn: stage?.arn ?? '' }))
  return { arn: stage?.arn ?? '', token: participantToken?.token }
}

describe('the local IVS on its own', () => {
  it('plays the other side, and posts events to an address', async () => {
    const received: string[] = []
    const sink = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => received.push(chunk))
      request.on('end', () => response.writeHead(200).end())
    })
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', () => resolve()))
    undo.push(() => sink.close())
    const server = await start('--events', endpointOf(sink))
    const { token } = await stageAndToken(server)
    const joined = await local(server.url, '/stage/join', { token, client: { osName: 'Linux' } })
    expect(joined).toMatchObject({ status: 200, body: { participantId: expect.any(String) } })
    await local(server.url, '/stage/publish', { participantId: joined.body.participantId })
    await local(server.url, '/stage/leave', { participantId: joined.body.participantId })
    await vi.waitFor(() => expect(received).toHaveLength(2))
    expect(received.map((event) => JSON.parse(event).detail.event_name)).toEqual([
      'Participant Published',
      'Participant Unpublished',
    ])
  })

  it('answers refusals with IVS’s reason, and says no more than that', async () => {
    const server = await start()
    const { arn, token } = await stageAndToken(server)
    await server.client.send(new sdk.DeleteStageCommand({ arn }))
    expect(await local(server.url, '/stage/join', { token })).toMatchObject({
      status: 410,
      body: { code: 'STAGE_DELETED' },
    })
    expect(await local(server.url, '/stage/join', {})).toMatchObject({ status: 400, body: { code: 'TOKEN_MISSING' } })
    expect(await local(server.url, '/stage/leave', {})).toMatchObject({ status: 404, body: { code: 'NOT_CONNECTED' } })
    expect(await local(server.url, '/stage/dance', {})).toMatchObject({ status: 404 })
  })

  it('has a clock that can be moved', async () => {
    const server = await start()
    const { token } = await stageAndToken(server)
    await local(server.url, '/clock', { advance: 12 * 3600 })
    expect(await local(server.url, '/stage/join', { token })).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_EXPIRED' },
    })
    expect(await local(server.url, '/clock', { advance: -1 })).toMatchObject({ status: 400 })
  })

  it('fails as it is asked to, and stops when told', async () => {
    const server = await start()
    const { url, client } = server
    const fault = (body: object) => local(url, '/faults', { operation: 'ListStages', ...body })
    const list = async () => {
      const { error } = await outcomeOf(client, 'ListStages', {}).catch((cause: Error) => ({
        error: { name: cause.name },
      }))
      await fetch(`${url}/_local/faults`, { method: 'DELETE' })
      return error?.name
    }
    expect(await list()).toBeUndefined()
    await fault({ mode: 'error' })
    expect(await outcomeOf(client, 'ListCompositions', {})).toHaveProperty('output')
    expect(await list()).toBe('InternalServerException')
    await fault({ mode: 'throttle' })
    expect(await list()).toBe('ThrottlingException')
    await fault({ mode: 'drop' })
    expect(await list()).toMatch(/Error/)
    await fault({ mode: 'delay', delayMs: 1 })
    expect(await list()).toBeUndefined()
    expect(await fault({ mode: 'dance' })).toMatchObject({ status: 400 })
    expect(await fault({ mode: 'error', target: 'dynamodb' })).toMatchObject({ status: 400 })
    expect(await list()).toBeUndefined()
  })

  it('can lose an answer after the effect, and let reads lag', async () => {
    const { url, client } = await start()
    await local(url, '/faults', { operation: 'CreateStage', mode: 'error', after: true, count: 1 })
    expect(await outcomeOf(client, 'CreateStage', {})).toMatchObject({ error: { status: 500 } })
    expect((await outcomeOf(client, 'ListStages', {})).output?.stages).toHaveLength(1)
    await local(url, '/faults', { operation: 'ListStages', mode: 'lag', delayMs: 600_000 })
    expect((await outcomeOf(client, 'ListStages', {})).output?.stages).toHaveLength(0)
    const { body } = await local(url, '/faults')
    const [, lag] = body.faults as { id: string; mode: string }[]
    expect(lag).toMatchObject({ mode: 'lag', hits: 1 })
    await fetch(`${url}/_local/faults?id=${lag?.id}`, { method: 'DELETE' })
    expect((await outcomeOf(client, 'ListStages', {})).output?.stages).toHaveLength(1)
  })

  it('finds everything again in its data directory, the clock too', async () => {
    const data = mkdtempSync(join(tmpdir(), 'ivs-serve-'))
    undo.push(() => rmSync(data, { recursive: true }))
    const first = await start('--data', data)
    const { token } = await stageAndToken(first)
    await local(first.url, '/clock', { advance: 3600 })
    await first.stop()
    const second = await start('--data', data)
    expect(await local(second.url, '/stage/join', { token })).toMatchObject({ status: 200 })
    const { body } = await local(second.url, '/clock')
    expect(Date.parse(text(body.now)) - Date.now()).toBeGreaterThan(3_500_000)
  })

  it('prints one block when it is ready, and ends cleanly when interrupted', async () => {
    const child = spawn(process.execPath, [PROGRAM, '--port', '0'])
    const ready = Promise.withResolvers<string>()
    child.stdout.setEncoding('utf8').once('data', ready.resolve)
    const url = /export AWS_ENDPOINT_URL_IVS_REALTIME=(\S+)/.exec(await ready.promise)?.[1] ?? ''
    expect((await local(url, '')).body).toMatchObject({ region: 'us-east-1', quotas: false })
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  })

  it('says in one line that a port is in use, and ends', async () => {
    const { url } = await start()
    const child = spawn(process.execPath, [PROGRAM, '--port', new URL(url).port])
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).toBe(1)
    expect(said).toMatch(/^ivs: port \d+ is in use: [^\n]+\n$/)
  })
})

describe('its command line', () => {
  it.each([
    [['--port', '65536'], '--port needs'],
    [['--port', 'x'], '--port needs'],
    [['--region', 'moon'], '--region needs'],
    [['--account', '1'], '--account needs'],
    [['--events', 'ftp://x'], '--events needs'],
    [['--data', ''], '--data needs'],
    [['--assume', 'x=y'], '--assume needs'],
    [['--dance'], '--dance'],
  ])('%o is refused, naming the flag', (args, message) => {
    expect(() => parseServeOptions(args)).toThrow(message)
  })

  it('reads everything there is to say', () => {
    const args = [
      '--port=0',
      '--quotas',
      '--events=http://x/y',
      '--data=d',
      '--assume=tokenEcho=false',
      '--region=eu-west-1',
    ]
    expect(parseServeOptions(args)).toEqual({
      port: 0,
      quotas: true,
      events: 'http://x/y',
      data: 'd',
      assume: { tokenEcho: false },
      region: 'eu-west-1',
      account: '000000000000',
    })
  })
})
