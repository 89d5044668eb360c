import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { functionNames } from '../tools/serverless-yml.ts'
import { buildOurs, buildPlainly } from './build.ts'
import type { Started } from './contender/cold-start.ts'
import { isShort, keep, say, table } from './report.ts'
import { REALISTIC } from './stand-in/services.ts'
import { startStandIn } from './stand-in/start.ts'
import { median, quantile, round } from './statistics.ts'
import { makeWorld } from './world.ts'

/**
 * Cold starts, without what Lambda adds: a new process each time, files warm, one after the other in turn. `import()` of every
 * bundle, and from the start of a process to its first 201. `npm run bench:cold`
 */
const short = isShort()
const ROUNDS = short ? 1 : 31
const root = join(import.meta.dirname, '..')

/** As JavaScript: to strip types, Node would load a compiler first. */
const program = await buildPlainly('contender/cold-start.ts')
const standIn = await startStandIn()
const world = await makeWorld(standIn, 1)
const eventFile = join(import.meta.dirname, 'results/bundles/event.json')
const functions = short ? ['join'] : functionNames(root)
const plain = {
  'empty file': await buildPlainly('contender/empty.ts'),
  'bare DynamoDB client': await buildPlainly('contender/bare-dynamodb.ts'),
  'a: read, CreateParticipantToken': await buildPlainly('patterns/create-participant-token.ts'),
  'b: everything per request': await buildPlainly('patterns/key-per-request.ts'),
  'c: signed only, nothing stored': await buildPlainly('patterns/signed-only.ts'),
}
const ours: Record<string, string> = {}
for (const name of functions) ours[name] = await buildOurs(name, world.config)
const configured = await buildOurs('join', world.configWithKeys, 'configured')
await writeFile(eventFile, JSON.stringify(world.events[0]))

async function startOnce(name: string, args: readonly string[]): Promise<Started> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const child = fork(program, args, {
    env: { ...inherited, ...world.envOf(name), ...world.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const [started] = await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error(`${name} failed`))),
  ])
  await ended
  return started as Started
}

async function inTurn(modules: Readonly<Record<string, string>>, event?: string): Promise<Map<string, Started[]>> {
  const started = new Map<string, Started[]>(Object.keys(modules).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, module] of Object.entries(modules))
      started.get(name)?.push(await startOnce(name, event === undefined ? [module] : [module, event]))
  return started
}

const imports = await inTurn({ ...plain, ...ours })
const importOf = (name: string): number => median((imports.get(name) ?? []).map(({ importMs }) => importMs))
const imported = [...imports].map(([name, started]) => ({
  bundle: name,
  'import ms': round(importOf(name), 1),
  'least ms': round(Math.min(...started.map(({ importMs }) => importMs)), 1),
  '/ bare client': round(importOf(name) / importOf('bare DynamoDB client')),
}))

async function firstAnswers() {
  const { 'empty file': _, 'bare DynamoDB client': __, ...patterns } = plain
  const modules = { 'stagedoor join': ours.join ?? '', 'stagedoor join, keys configured': configured, ...patterns }
  const started = await inTurn(modules, eventFile)
  const answersOf = (name: string): number[] => (started.get(name) ?? []).map(({ firstAnswerMs = 0 }) => firstAnswerMs)
  const patternA = median(answersOf('a: read, CreateParticipantToken'))
  return Object.keys(modules).map((name) => ({
    'first 201': name,
    'p50 ms': round(median(answersOf(name)), 1),
    'p90 ms': round(quantile(answersOf(name), 0.9), 1),
    'of that Node ms': round(median((started.get(name) ?? []).map(({ bootMs }) => bootMs)), 1),
    '/ pattern a': round(median(answersOf(name)) / patternA),
  }))
}

const atOnce = await firstAnswers()
await standIn.delay(REALISTIC)
const realistic = await firstAnswers()

say('import()')
table(imported)
say('\nFrom the start of a process to its first 201, every service answers at once')
table(atOnce)
say('\nThe same, services as slow as in a Region')
table(realistic)
await keep('cold', { imported, atOnce, realistic, delays: REALISTIC })
standIn.stop()
