import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { buildOurs, buildPlainly } from './build.ts'
import { startContender } from './contender/start.ts'
import { PRICED_ON, PRICES } from './cost/prices.ts'
import { type Used, usedLocally } from './cost/requests.ts'
import { isShort, keep, say, table } from './report.ts'
import { REALISTIC } from './stand-in/services.ts'
import { startStandIn } from './stand-in/start.ts'
import { round, sum } from './statistics.ts'
import { makeWorld } from './world.ts'

/** What it costs, from calls, bytes and time as they are measured here, and a table of prices. `npm run bench:cost` */
const JOINS = isShort() ? 5 : 400
const MILLION = 1_000_000
const root = join(import.meta.dirname, '..')
/** Of the reference machine's core, a Lambda of 1,024 MB is given 0.58. */
const SLOWER = 1.7
const GIGABYTES = 1
/** The gateway's access log and what TLS and HTTP add to an answer. */
const ACCESS_LOG_BYTES = 350
const WIRE_BYTES = 300
/** What Lambda itself logs of a request: its start, its end, its report. */
const PLATFORM_LOG_BYTES = 300

const standIn = await startStandIn()
const world = await makeWorld(standIn, 100)

interface Use {
  readonly what: string
  readonly writeUnits: number
  readonly readUnits: number
  readonly secretCalls: number
  readonly ms: number
  readonly logBytes: number
  readonly outBytes: number
}

const DYNAMODB = /DynamoDB_20120810\.(GetItem|Query)/

/** Units of a warm request of each contestant: its calls, every write at least one unit, every read one. */
async function measure(what: string, module: string): Promise<Use> {
  const contender = await startContender(what, module, world, { countsLog: true })
  await contender.run({ from: 0, count: JOINS, concurrency: 1 })
  const [loggedBefore] = [contender.logged(), await standIn.calls()]
  const { cpuMs, answerBytes } = await contender.run({ from: 0, count: JOINS, concurrency: 1 })
  const calls = Object.entries(await standIn.calls())
  const each = (pattern: RegExp): number =>
    sum(calls.filter(([name]) => pattern.test(name)).map(([, one]) => one.calls)) / JOINS
  const waits =
    each(/DynamoDB/) * REALISTIC.dynamodb +
    each(/CreateParticipantToken/) * REALISTIC.ivs +
    each(/GetSecretValue/) * REALISTIC.secrets +
    each(/GetParameter/) * REALISTIC.parameters
  const use = {
    what,
    writeUnits: each(/UpdateItem/),
    readUnits: each(DYNAMODB),
    secretCalls: each(/GetSecretValue/),
    ms: (cpuMs / JOINS) * SLOWER + waits,
    logBytes: (contender.logged() - loggedBefore) / JOINS + PLATFORM_LOG_BYTES + ACCESS_LOG_BYTES,
    outBytes: answerBytes / JOINS + WIRE_BYTES,
  }
  contender.stop()
  return use
}

/** Dollars for a million of them. */
function million(use: Use) {
  const parts = {
    'HTTP API': PRICES.httpApiRequest,
    'Lambda requests': PRICES.lambdaRequest,
    'Lambda time': (Math.ceil(use.ms) / 1000) * GIGABYTES * PRICES.lambdaGigabyteSecond,
    'table writes': use.writeUnits * PRICES.writeUnit,
    'table reads': use.readUnits * PRICES.readUnit,
    secrets: use.secretCalls * PRICES.secretsCall,
    logs: use.logBytes * PRICES.logByte,
    'data out': use.outBytes * PRICES.outByte,
  }
  const dollars = Object.entries(parts).map(([name, each]) => [name, round(each * MILLION, 2)])
  return { what: use.what, ...Object.fromEntries(dollars), 'in all, $': round(sum(Object.values(parts)) * MILLION, 2) }
}

const ours = await measure('stagedoor: join', await buildOurs('join', world.config))
const patterns = [
  await measure('a: read, CreateParticipantToken', await buildPlainly('patterns/create-participant-token.ts')),
  await measure('b: everything per request', await buildPlainly('patterns/key-per-request.ts')),
  await measure('c: signed only, nothing stored', await buildPlainly('patterns/signed-only.ts')),
]
/** Of the kinds that the local stack counts: they compute no more than a join does, so its time is theirs at most. */
const cpuMs = ours.ms - ours.writeUnits * REALISTIC.dynamodb
const used = await usedLocally(isShort() ? 3 : 60)
const counted = (what: string, { calls, logBytes, outBytes, ...units }: Used): Use => ({
  what: `stagedoor: ${what}`,
  ...units,
  secretCalls: 0,
  ms: cpuMs + calls * REALISTIC.dynamodb,
  logBytes: logBytes + PLATFORM_LOG_BYTES + ACCESS_LOG_BYTES,
  outBytes: outBytes + WIRE_BYTES,
})
const uses: readonly Use[] = [
  ours,
  { ...ours, what: 'stagedoor: join, PUBLISH', writeUnits: ours.writeUnits + 1, ms: ours.ms + REALISTIC.dynamodb },
  counted('refresh', used.refresh),
  counted('roster read', used.roster),
  counted('roster read, 304', used.unchanged),
  ...patterns,
]
const requests = uses.map(million)

const reference = (name: string) => JSON.parse(readFileSync(join(root, `docs/performance/${name}.json`), 'utf8'))

/** One event from IVS's bus (free) by a queue to a Lambda of 512 MB, in batches of up to ten, taken as one each. */
function eventCost() {
  const { applied } = reference('events')
  const writes = applied['write units an event']
  const reads = Math.max(0, applied['calls an event'] - writes)
  const seconds = (applied['calls an event'] * REALISTIC.dynamodb) / 1000
  const each =
    writes * PRICES.writeUnit +
    reads * PRICES.readUnit +
    3 * PRICES.sqsRequest +
    PRICES.lambdaRequest +
    seconds * 0.5 * PRICES.lambdaGigabyteSecond +
    PRICES.customEvent +
    600 * PRICES.logByte
  return { what: 'events taken in', 'a million, $': round(each * MILLION, 2) }
}

/** What runs though nobody is there: a sweep that finds nothing each minute, upkeep, pollers of queues, a secret, alarms. */
function idleMonth() {
  const file = (name: string) => readFileSync(join(root, name), 'utf8')
  const { functions } = parse(file('serverless.yml'), { logLevel: 'error' })
  const queues = JSON.stringify(functions).match(/"sqs":/g)?.length ?? 0
  const alarms = readdirSync(join(root, 'resources'))
    .map((name) => file(join('resources', name)).match(/AWS::CloudWatch::Alarm/g)?.length ?? 0)
    .reduce((all, some) => all + some, 0)
  const minutes = 30 * 24 * 60
  const { writeUnits, readUnits, calls } = used.idleSweep
  // Of 512 MB, each call as long as the slowest of them.
  const sweep =
    PRICES.lambdaRequest +
    ((calls * REALISTIC.ivs) / 1000) * 0.5 * PRICES.lambdaGigabyteSecond +
    writeUnits * PRICES.writeUnit +
    readUnits * PRICES.readUnit +
    PLATFORM_LOG_BYTES * 2 * PRICES.logByte
  const parts = {
    'sweeps that find nothing': minutes * sweep,
    // Five pollers a queue, each asking for twenty seconds.
    'pollers of the queues': queues * 5 * 3 * minutes * PRICES.sqsRequest,
    'the secret': PRICES.secretMonth,
    alarms: alarms * PRICES.alarmMonth,
  }
  const rows = Object.entries(parts).map(([what, dollars]) => ({ what, 'a month, $': round(dollars, 2) }))
  return [...rows, { what: 'in all', 'a month, $': round(sum(Object.values(parts)), 2) }]
}

const rest = { events: eventCost(), idle: idleMonth() }
say(`Dollars for a million requests, prices of ${PRICED_ON}`)
table(requests)
say()
table([rest.events])
say('\nA month without anyone')
table(rest.idle)
await keep('cost', { pricedOn: PRICED_ON, prices: PRICES, uses, requests, idleSweep: used.idleSweep, ...rest })
standIn.stop()

/** Writes the tables where docs/cost.md has them. */
async function intoDocument(): Promise<void> {
  const path = join(root, 'docs/cost.md')
  const before = readFileSync(path, 'utf8')
  const lines = (rows: readonly Readonly<Record<string, string | number>>[]): string => {
    const names = Object.keys(rows[0] ?? {})
    return [names, names.map(() => '---'), ...rows.map((row) => names.map((name) => String(row[name])))]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n')
  }
  const tables: Readonly<Record<string, string>> = {
    requests: lines(requests),
    events: lines([rest.events]),
    idle: lines(rest.idle),
  }
  const after = before.replace(
    /(<!-- (\w+) -->\n)[\s\S]*?(\n<!-- end -->)/g,
    (_, from, name, to) => `${from}${tables[name]}${to}`,
  )
  await writeFile(path, after.replace(/prices of \d{4}-\d\d-\d\d/g, `prices of ${PRICED_ON}`))
}
if (!isShort()) await intoDocument()
