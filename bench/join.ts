import { buildOurs, buildPlainly } from './build.ts'
import type { Ran } from './contender/process.ts'
import { type Contender, startContender } from './contender/start.ts'
import { isShort, keep, say, table } from './report.ts'
import { type Delays, REALISTIC } from './stand-in/services.ts'
import { startStandIn } from './stand-in/start.ts'
import { median, quantile, round, sum } from './statistics.ts'
import { makeWorld } from './world.ts'

/**
 * Warm joins: ours, the floor and the samples' patterns, each in a process of its own, in turn and in small batches, so that
 * whatever else the machine does hits all of them alike. `npm run bench:join`
 */
const short = isShort()
const WARM_UP = short ? 5 : 600
const ROUNDS = short ? 1 : 60
const BATCH = short ? 5 : 40
const SLOW_ROUNDS = short ? 1 : 6
const AT_ONCE = 8

const standIn = await startStandIn()
const world = await makeWorld(standIn, 200)
const CONTENDERS: readonly (readonly [name: string, module: Promise<string>])[] = [
  ['floor', buildPlainly('contender/floor.ts')],
  ['stagedoor', buildOurs('join', world.config)],
  ['a: read, CreateParticipantToken', buildPlainly('patterns/create-participant-token.ts')],
  ['b: everything per request', buildPlainly('patterns/key-per-request.ts')],
  ['c: signed only, nothing stored', buildPlainly('patterns/signed-only.ts')],
]
const contenders: Contender[] = []
for (const [name, module] of CONTENDERS) contenders.push(await startContender(name, await module, world))

/** Every contender in turn, so many times; what each did, in order. */
async function inTurn(rounds: number, concurrency: number): Promise<ReadonlyMap<string, readonly Ran[]>> {
  const ran = new Map<string, Ran[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders)
      ran.get(contender.name)?.push(await contender.run({ from: round * BATCH, count: BATCH, concurrency }))
  return ran
}

/** One join after the other: what a caller waits for. */
async function oneByOne(rounds: number, delays: Partial<Delays>) {
  await standIn.delay(delays)
  const ran = await inTurn(rounds, 1)
  const floor = median(latenciesOf(ran.get('floor')))
  return contenders.map(({ name }) => {
    const latencies = latenciesOf(ran.get(name))
    const p50 = median(latencies)
    return {
      join: name,
      'p50 ms': round(p50, 3),
      'p99 ms': round(quantile(latencies, 0.99), 3),
      'p50 / floor': round(p50 / floor),
    }
  })
}

const latenciesOf = (ran: readonly Ran[] = []): number[] => ran.flatMap(({ latenciesMs }) => latenciesMs)

/** Several at once: how many a core can do, whatever it waits for. All threads of the process count. */
async function onOneCore(rounds: number) {
  await standIn.delay({})
  const ran = await inTurn(rounds, AT_ONCE)
  const perSecond = (name: string): number =>
    1000 / median((ran.get(name) ?? []).map(({ cpuMs, latenciesMs }) => cpuMs / latenciesMs.length))
  return contenders.map(({ name }) => ({
    join: name,
    'joins a second of one core': round(perSecond(name), 0),
    'of the floor': round(perSecond(name) / perSecond('floor')),
  }))
}

for (const contender of contenders) await contender.run({ from: 0, count: WARM_UP, concurrency: 1 })
await standIn.calls()
const wire = []
for (const contender of contenders) {
  await contender.run({ from: 0, count: BATCH, concurrency: 1 })
  const calls = Object.entries(await standIn.calls())
  const each = (value: number): number => round(value / BATCH, 1)
  wire.push({
    join: contender.name,
    calls: calls.map(([operation, { calls }]) => `${each(calls)} ${operation.split('.').at(-1)}`).join(', '),
    'bytes sent': each(sum(calls.map(([, { bytesIn }]) => bytesIn))),
    'bytes received': each(sum(calls.map(([, { bytesOut }]) => bytesOut))),
  })
}
const atOnce = await oneByOne(ROUNDS, {})
const realistic = await oneByOne(SLOW_ROUNDS, REALISTIC)
const core = await onOneCore(ROUNDS)

say('Warm, every service answers at once')
table(atOnce)
say('\nWarm, services as slow as in a Region')
table(realistic)
say(`\nWarm, ${AT_ONCE} at once`)
table(core)
say('\nCalls of a warm join')
table(wire)
await keep('join', { atOnce, realistic, delays: REALISTIC, core, wire })
for (const contender of contenders) contender.stop()
standIn.stop()
