import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { World } from '../world.ts'
import type { Ran, Run } from './process.ts'

export interface Contender {
  readonly name: string
  run(run: Run): Promise<Ran>
  /** What it has logged so far, in bytes; only counted where asked for. */
  logged(): number
  stop(): void
}

/** Its log lines go where a deployed function's go, to a file descriptor, and from there nowhere. */
export async function startContender(
  name: string,
  module: string,
  world: World,
  { countsLog = false, nodeArgs = process.env.BENCH_NODE_ARGS?.split(' ') ?? [] } = {},
): Promise<Contender> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const child = fork(join(import.meta.dirname, 'process.ts'), [module], {
    env: { ...inherited, ...world.env },
    stdio: ['ignore', countsLog ? 'pipe' : 'ignore', process.env.VITEST ? 'ignore' : 'inherit', 'ipc'],
    execArgv: nodeArgs,
  })
  let logged = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    logged += chunk.length
  })
  const answer = async <T>(): Promise<T> => {
    const over = new AbortController()
    const { signal } = over
    const died = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`${name} ended with code ${code}`)
    })
    try {
      const [message] = await Promise.race([once(child, 'message', { signal }), died])
      return message
    } finally {
      over.abort()
      died.catch(() => {})
    }
  }
  await answer()
  child.send({ events: world.events })
  return {
    name,
    async run(run) {
      child.send(run)
      const ran = await answer<Ran>()
      if (ran.failed > 0) throw new Error(`${name}: ${ran.failed} of ${run.count} joins failed`)
      return ran
    },
    logged: () => logged,
    stop: () => child.disconnect(),
  }
}
