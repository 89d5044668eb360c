import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { createLocalIvs } from '../local/ivs/local-ivs.ts'

/**
 * How fast the local IVS is: `node bench/local-ivs.ts`. Start-up is the time the server itself states, median of ten, files warm.
 * Rates are of one thread: without the wire (checking, effect and serializing alone), and over HTTP from a second process.
 */
const program = join(import.meta.dirname, '../local/ivs/serve-ivs.ts')
const REGION = 'us-east-1'
const ROOM = 10_000
const SECONDS = 3
const CONNECTIONS = 8

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

interface Running {
  readonly url: string
  readonly readyMs: number
  stop(): void
}

function startServer(): Promise<Running> {
  const { promise, resolve } = Promise.withResolvers<Running>()
  const child = spawn(process.execPath, [program, '--port', '0', '--assume', 'readLagMs=0'])
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
    const [, url, seconds] = /ready at (\S+) \(([\d.]+) s\)/.exec(said) ?? []
    if (url) resolve({ url, readyMs: Number(seconds) * 1000, stop: () => child.kill() })
  })
  return promise
}

const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/ivs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

function post(url: string, path: string, body: object): Promise<Record<string, Record<string, string>>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, Record<string, string>>>()
  const json = JSON.stringify(body)
  const headers = { authorization, 'content-length': Buffer.byteLength(json) }
  request(url + path, { method: 'POST', headers, agent }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
  })
    .on('error', reject)
    .end(json)
  return promise
}

async function overHttp(url: string, path: string, body: object): Promise<number> {
  const until = performance.now() + SECONDS * 1000
  let count = 0
  const one = async () => {
    while (performance.now() < until) {
      await post(url, path, body)
      count++
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
  return count / SECONDS
}

function inProcess(): { token: number; list: number } {
  const ivs = createLocalIvs({
    clock: Date.now,
    region: REGION,
    account: '000000000000',
    randomBytes,
    emit: () => {},
    assume: { readLagMs: 0 },
  })
  const { stage } = ivs.invoke('CreateStage', {}) as { stage: { arn: string } }
  const call = (path: string, body: object) =>
    ivs.call({ method: 'POST', path, query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) })
  let sessionId = ''
  for (let count = 0; count < ROOM; count++) {
    const { participantToken } = ivs.invoke('CreateParticipantToken', { stageArn: stage.arn }) as {
      participantToken: { token: string }
    }
    const joined = ivs.side.join({ token: participantToken.token })
    if (joined.ok) sessionId = joined.value.sessionId
  }
  const rate = (path: string, bodyOf: (last: string) => object) => {
    const until = performance.now() + SECONDS * 1000
    let count = 0
    let last = ''
    for (; performance.now() < until; count++) last = JSON.parse(call(path, bodyOf(last)).body).nextToken ?? ''
    return count / SECONDS
  }
  const input = { stageArn: stage.arn, userId: 'user', attributes: { name: 'User' } }
  return {
    token: rate('/CreateParticipantToken', () => input),
    list: rate('/ListParticipants', (nextToken) => ({ stageArn: stage.arn, sessionId, maxResults: 100, nextToken })),
  }
}

async function fill(url: string): Promise<{ stageArn: string; sessionId: string }> {
  const stageArn = (await post(url, '/CreateStage', {})).stage?.arn ?? ''
  let sessionId = ''
  const enter = async () => {
    const token = (await post(url, '/CreateParticipantToken', { stageArn })).participantToken?.token
    const joined = (await post(url, '/_local/stage/join', { token })) as unknown as { sessionId: string }
    sessionId = joined.sessionId
  }
  for (let left = ROOM; left > 0; left -= CONNECTIONS) await Promise.all(Array.from({ length: CONNECTIONS }, enter))
  return { stageArn, sessionId }
}

async function main(): Promise<void> {
  const starts: number[] = []
  for (let count = 0; count < 10; count++) {
    const server = await startServer()
    starts.push(server.readyMs)
    server.stop()
  }
  say(`start to ready           ${median(starts).toFixed(0)} ms`)
  const { token, list } = inProcess()
  say(`CreateParticipantToken   ${token.toFixed(0)} a second without the wire`)
  say(`ListParticipants         ${list.toFixed(0)} pages of 100 out of ${ROOM} a second without the wire`)
  const server = await startServer()
  const { stageArn, sessionId } = await fill(server.url)
  const mint = await overHttp(server.url, '/CreateParticipantToken', { stageArn, userId: 'user' })
  say(`CreateParticipantToken   ${mint.toFixed(0)} a second over HTTP`)
  const page = { stageArn, sessionId, maxResults: 100 }
  const first = await overHttp(server.url, '/ListParticipants', page)
  say(`ListParticipants         ${first.toFixed(0)} pages of 100 out of ${ROOM} a second over HTTP`)
  server.stop()
  agent.destroy()
}

await main()
