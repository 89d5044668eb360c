import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DELAYS, type Delays, type Service, type Tally } from './services.ts'

/**
 * DynamoDB, Secrets Manager, Parameter Store, IVS and a key set on loopback, in a process of their own: they answer at once,
 * or after a settable delay, and nothing they do counts as the contender's. Items that were put can be read; updates are
 * taken and forgotten, so that every join of a measurement is a user's first.
 */
const items = new Map<string, unknown>()
const texts = new Map<string, string>()
let delays: Delays = DELAYS
let tally: Record<string, Tally> = {}

type Json = Readonly<Record<string, unknown>>
const keyOf = (table: unknown, key: unknown): string => JSON.stringify([table, key])

const OPERATIONS: Readonly<Record<string, readonly [Service, (input: Json) => object]>> = {
  'DynamoDB_20120810.GetItem': [
    'dynamodb',
    ({ TableName, Key }) => {
      const found = items.get(keyOf(TableName, Key))
      return found === undefined ? {} : { Item: found }
    },
  ],
  'DynamoDB_20120810.UpdateItem': ['dynamodb', () => ({})],
  'DynamoDB_20120810.Query': ['dynamodb', ({ TableName }) => ({ Items: [items.get(String(TableName))], Count: 1 })],
  'secretsmanager.GetSecretValue': [
    'secrets',
    ({ SecretId }) => ({ Name: SecretId, SecretString: texts.get(String(SecretId)) }),
  ],
  'AmazonSSM.GetParameter': ['parameters', ({ Name }) => ({ Parameter: { Name, Value: texts.get(String(Name)) } })],
  '/CreateParticipantToken': [
    'ivs',
    ({ userId }) => ({
      participantToken: { participantId: crypto.randomUUID(), token: 'x'.repeat(900), userId, expirationTime: LATER },
    }),
  ],
}
const LATER = new Date(Date.now() + 86_400_000).toISOString()

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => route(request, response, Buffer.concat(chunks)))
})
server.keepAliveTimeout = 600_000

function route(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.url?.startsWith('/bench')) control(request, response, body)
  else if (request.method === 'GET') answer(response, 'keys', 'GetKeySet', 0, texts.get('jwks') ?? '{}')
  else invoke(request, response, body)
}

function invoke(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const name = String(request.headers['x-amz-target'] ?? request.url)
  const [service, operation] = OPERATIONS[name] ?? ['dynamodb', () => ({ __type: 'UnknownOperationException' })]
  const json = JSON.stringify(operation(JSON.parse(body.toString())))
  answer(response, service, name, body.length, json)
}

function answer(response: ServerResponse, service: Service, name: string, bytesIn: number, json: string): void {
  const before = tally[name] ?? { calls: 0, bytesIn: 0, bytesOut: 0 }
  tally[name] = {
    calls: before.calls + 1,
    bytesIn: before.bytesIn + bytesIn,
    bytesOut: before.bytesOut + json.length,
  }
  const send = (): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) })
    response.end(json)
  }
  if (delays[service] > 0) setTimeout(send, delays[service])
  else send()
}

/** What only the bench asks: items, texts and delays to take, and what was called since the last look. */
function control(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { item, text, delay } = body.length > 0 ? JSON.parse(body.toString()) : {}
  if (item) items.set(item.key === undefined ? item.table : keyOf(item.table, item.key), item.value)
  if (text) texts.set(text.name, text.value)
  if (delay) delays = { ...DELAYS, ...delay }
  const seen = tally
  if (request.method === 'DELETE') tally = {}
  response.end(JSON.stringify(seen))
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
