import { pathToFileURL } from 'node:url'

/**
 * One contender in a process of its own: loads the module that it is told, then runs the joins that it is asked for and says
 * how long each took and how much of a core all of them did.
 */
export interface Run {
  /** Index of the first event; they are taken in turn. */
  readonly from: number
  readonly count: number
  readonly concurrency: number
}

export interface Ran {
  readonly latenciesMs: readonly number[]
  readonly elapsedMs: number
  /** Of all threads of the process, user and system. */
  readonly cpuMs: number
  /** Anything but a 201. */
  readonly failed: number
  /** What is left after a collection, where the process was started with `--expose-gc`. */
  readonly heapBytes: number
  /** Of all bodies and headers that API Gateway is handed. */
  readonly answerBytes: number
}

type Handler = (event: object, context: object) => Promise<{ statusCode: number; body?: string; headers?: object }>

const { handler } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as { handler: Handler }
let events: readonly object[] = []

async function run({ from, count, concurrency }: Run): Promise<Ran> {
  const latenciesMs: number[] = []
  let next = 0
  let failed = 0
  let answerBytes = 0
  const one = async (): Promise<void> => {
    while (next < count) {
      const event = events[(from + next++) % events.length] ?? {}
      const began = performance.now()
      const answer = await handler(event, { awsRequestId: 'request' })
      latenciesMs.push(performance.now() - began)
      answerBytes += (answer.body?.length ?? 0) + JSON.stringify(answer.headers ?? {}).length
      if (answer.statusCode !== 201) failed++
    }
  }
  const before = process.cpuUsage()
  const began = performance.now()
  await Promise.all(Array.from({ length: concurrency }, one))
  const elapsedMs = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  globalThis.gc?.()
  return {
    latenciesMs,
    elapsedMs,
    cpuMs: (user + system) / 1000,
    failed,
    answerBytes,
    heapBytes: process.memoryUsage().heapUsed,
  }
}

process.on('message', async (message: { events: readonly object[] } | Run) => {
  if ('events' in message) events = message.events
  else process.send?.(await run(message))
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
