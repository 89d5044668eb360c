import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'
import { buildOurs } from './build.ts'
import { startContender } from './contender/start.ts'
import { isShort, keep, say, table } from './report.ts'
import { startStandIn } from './stand-in/start.ts'
import { round } from './statistics.ts'
import { makeWorld } from './world.ts'

/**
 * What a join costs while everything around it grows ten-thousandfold: our built join against an embedded DynamoDB that holds
 * it all. `npm run bench:scale`
 */
const short = isShort()
const GROWN = short ? 50 : 10_000
const JOINS = short ? 5 : 100
const BATCH = 25
const TABLE = 'stagedoor'
const UID = '3f1c9a52-5d7e-4d0e-9d57-0b6a4f8f2f11'
const TOKEN_LIKE = 'f99cde61-c2b0-4df3-8941-ca7d38acca1a'

type Wire = Readonly<Record<string, object>>
const text = (value: string) => ({ S: value })
const number = (value: number) => ({ N: String(value) })
const now = Date.now()
const participant = (id: string): Wire => ({
  [`p#${id}`]: {
    M: { r: text('viewer'), c: text('S'), s: text('main'), m: number(now), d: number(180), k: text(TOKEN_LIKE) },
  },
  lm: { SS: [id] },
  n: number(1),
  ver: number(now),
  gen: number(1),
})
const user = (name: string, more: Wire): Wire => ({ pk: text(`user#${UID}#${name}`), sk: text('user'), ...more })

/** What grows, and one item of it. */
const GROWING: Readonly<Record<string, (index: number) => Wire>> = {
  stages: (index) => ({
    pk: text(`stage#other-${index}`),
    sk: text('stage'),
    dir: text('stages'),
    stageId: text(`other-${index}`),
  }),
  'members of the stage': (index) =>
    user(`member-${index}`, {
      mrole: text('speaker'),
      mby: text('admin'),
      mat: number(now),
      memberOf: text(UID),
      ver: number(1),
      gen: number(1),
    }),
  'participants on the stage': (index) => user(`guest-${index}`, participant(`p${index}`)),
  'bans on the stage': (index) =>
    user(`banned-${index}`, { banUntil: number(4_102_444_800), bannedFrom: text(UID), ver: number(1), gen: number(1) }),
  'history of the stage': (index) => ({
    pk: text(`history#${UID}#st-1`),
    sk: text(`${now * 1000 + index}#p1#published`),
    event: text('published'),
  }),
}

const counted = { calls: 0, sent: 0, received: 0 }
const engine = dynalite({ createTableMs: 0 })
engine.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
  if (String(request.headers['x-amz-target']).endsWith('BatchWriteItem')) return
  counted.calls++
  counted.sent += Number(request.headers['content-length'] ?? 0)
  response.on('finish', () => {
    counted.received += Number(response.getHeader('content-length') ?? 0)
  })
})
engine.listen(0, '127.0.0.1')
await once(engine, 'listening')
engine.keepAliveTimeout = 600_000
const url = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`

async function dynamodb(operation: string, input: object): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
  const headers = {
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    authorization,
  }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) })
  if (!response.ok) throw new Error(`${operation}: ${await response.text()}`)
  await response.arrayBuffer()
}

const KEY = { pk: 'HASH', sk: 'RANGE' }
const keySchema = (keys: Readonly<Record<string, string>>) =>
  Object.entries(keys).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType }))
const sparse = (IndexName: string, hash: string, range: string) => ({
  IndexName,
  KeySchema: keySchema({ [hash]: 'HASH', [range]: 'RANGE' }),
  Projection: { ProjectionType: 'KEYS_ONLY' },
})
await dynamodb('CreateTable', {
  TableName: TABLE,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'dir', 'stageId', 'memberOf', 'bannedFrom'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: keySchema(KEY),
  GlobalSecondaryIndexes: [
    sparse('stages', 'dir', 'stageId'),
    sparse('members', 'memberOf', 'pk'),
    sparse('bans', 'bannedFrom', 'pk'),
  ],
})

async function grow(itemAt: (index: number) => Wire): Promise<void> {
  for (let from = 0; from < GROWN; from += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, GROWN - from) }, (_, index) => ({
      PutRequest: { Item: itemAt(from + index) },
    }))
    await dynamodb('BatchWriteItem', { RequestItems: { [TABLE]: some } })
  }
}

const standIn = await startStandIn()
const world = await makeWorld(
  {
    ...standIn,
    putItem: async (name, key, value) => {
      await standIn.putItem(name, key, value)
      if (name === TABLE) await dynamodb('PutItem', { TableName: TABLE, Item: value })
    },
  },
  JOINS * (Object.keys(GROWING).length + 2),
)
const env = { ...world.env, AWS_ENDPOINT_URL_DYNAMODB: url }
const contender = await startContender('join', await buildOurs('join', world.config), { ...world, env })

let from = 0
async function measure(grown: string) {
  Object.assign(counted, { calls: 0, sent: 0, received: 0 })
  const ran = await contender.run({ from, count: JOINS, concurrency: 1 })
  from += JOINS
  return {
    grown,
    'calls a join': round(counted.calls / JOINS, 2),
    'bytes sent': round(counted.sent / JOINS, 0),
    'bytes received': round(counted.received / JOINS, 0),
    'CPU ms': round(ran.cpuMs / JOINS, 2),
  }
}

await measure('warm-up')
const rows = [await measure('nothing')]
for (const [name, itemAt] of Object.entries(GROWING)) {
  await grow(itemAt)
  rows.push(await measure(`${GROWN} ${name}`))
}
say('Each row holds all that the rows above it do')
table(rows)
await keep('scale', { grown: GROWN, rows })
contender.stop()
standIn.stop()
engine.close()
