import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../local/seeded-random.ts'
import { contestantsOf, type Measured } from './crowd/contestants.ts'
import { joinMemory } from './crowd/memory.ts'
import { MODEL } from './crowd/model.ts'
import { joinTheTwin } from './crowd/real.ts'
import { simulate } from './crowd/simulate.ts'
import { isShort, keep, say, table } from './report.ts'
import { round } from './statistics.ts'

/**
 * 25,000 users join one stage in ten seconds, through a model of the services with what was measured of each contestant; and,
 * for real, as many joins as this machine gives against the local stack. `npm run bench:crowd`
 */
const short = isShort()
const USERS = short ? 500 : 25_000
const SECONDS = 10
const REAL_SECONDS = short ? 2 : 60
/** Of a Lambda of 1,024 MB against a core of the reference machine: it is given 0.58 of one. */
const SLOWER = 1.7

interface Row {
  readonly 'p50 ms': number
  readonly 'of that Node ms'?: number
  readonly join?: string
  readonly 'first 201'?: string
}

/** The latest results of the other benches, else the reference run's. */
function resultsOf(name: string, part: string): readonly Row[] {
  const [mine, reference] = [`results/${name}.json`, `../docs/performance/${name}.json`].map((path) =>
    join(import.meta.dirname, path),
  )
  const file = [mine, reference].find((path) => path !== undefined && existsSync(path))
  return file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8'))[part]
}

const warm = resultsOf('join', 'atOnce')
const cold = resultsOf('cold', 'atOnce')
/** The start of Node is Lambda's, which the model has. */
const withoutNode = ({ 'p50 ms': all = 150, 'of that Node ms': node = 0 }: Partial<Row> = {}): number => all - node
const measured = (name: string): Measured => ({
  cpuMs: (warm.find(({ join: row = '' }) => row.startsWith(name))?.['p50 ms'] ?? 3) * SLOWER,
  coldMs: withoutNode(cold.find(({ 'first 201': row = '' }) => row.startsWith(name))) * SLOWER,
})

const modelled = [false, true].flatMap((splitting) =>
  contestantsOf(measured).map((contestant) => {
    const result = simulate(contestant, { users: USERS, seconds: SECONDS, splitting, random: seededRandom(7) })
    return {
      contestant: contestant.name,
      splitting: splitting ? 'on' : 'off',
      'served %': round(result.servedPercent, 1),
      'p50 ms': round(result.p50Ms, 0),
      'p99 ms': round(result.p99Ms, 0),
      environments: result.environments,
      'writes/s: hottest key': round(result.hottestKeyWrites, 1),
      'hottest partition': round(result.hottestPartitionWrites, 0),
      table: round(result.tableWrites, 0),
      'refused by': Object.entries(result.refusals)
        .map(([by, count]) => `${by} ${count}`)
        .join(', '),
    }
  }),
)
say(`${USERS} users in ${SECONDS} s, modelled`)
table(modelled)
const real = await joinTheTwin(REAL_SECONDS)
say(`\nThe local stack for ${REAL_SECONDS} s`)
table([real])
const memory = await joinMemory(short ? 30 : 9_000)
say('\nOne Lambda')
table(memory)
await keep('crowd', { users: USERS, seconds: SECONDS, model: MODEL, modelled, real, memory })
