import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { type LogSink, lineReader } from '../log-sink.ts'
import type { InvokeMessage, OutcomeMessage, ReadyMessage, WorkerSettings } from './messages.ts'

/** What became of one run. `failed`: it threw, or its process died. */
export type InvokeOutcome =
  | { readonly kind: 'answered'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: 'timed-out' }

export interface FunctionHost {
  /** Loads the function without running it, so that no request has to wait for it. Rejects with what it died of. */
  load(): Promise<void>
  invoke(event: unknown): Promise<InvokeOutcome>
  stop(): Promise<void>
}

export interface HostOptions {
  readonly settings: WorkerSettings
  /** All of the function's environment: it sees nothing of the twin's own. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly log: LogSink
}

interface Running {
  readonly worker: Worker
  readonly pending: Map<number, (outcome: InvokeOutcome) => void>
  /** Settles once the function is loaded; rejects if its process ends before that. */
  readonly ready: PromiseWithResolvers<void>
}

/** Lambda gives the loading of a function its own time, apart from the timeout of a run. A busy machine needs more than its 10 s. */
const INIT_TIMEOUT_SECONDS = 30
/**
 * Lambda would start another environment for each request at once; one worker shared by hundreds would starve them of CPU until
 * their own calls time out. So the others wait, and their time runs from their turn.
 */
const MAX_IN_FLIGHT = 8

const outcomeOf = (message: OutcomeMessage): InvokeOutcome =>
  message.ok
    ? { kind: 'answered', payload: JSON.parse(message.payload) }
    : { kind: 'failed', errorType: message.errorType, errorMessage: message.errorMessage }

/**
 * Runs one Lambda function in a worker thread of its own, started at the first need. Several runs share the worker, as they
 * may in AWS; a run that takes too long ends the worker with everything in it, and the next one starts afresh.
 */
export function createFunctionHost({ settings, env, timeoutSeconds, log }: HostOptions): FunctionHost {
  const name = settings.functionName
  const stopping = new Set<Promise<number>>()
  let current: Running | undefined
  let lastId = 0
  let inFlight = 0
  let stopped = false
  const waiting: (() => void)[] = []

  const retire = (running: Running, outcome: InvokeOutcome): void => {
    if (current === running) current = undefined
    for (const settle of running.pending.values()) settle(outcome)
    running.pending.clear()
    running.ready.reject(new Error(outcome.kind === 'failed' ? outcome.errorMessage : 'it took too long to load'))
    const stopped = running.worker.terminate()
    stopping.add(stopped)
    void stopped.finally(() => stopping.delete(stopped))
  }

  const start = (): Running => {
    const options = { workerData: settings, env: { ...env }, stdout: true, stderr: true, execArgv: [] }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), options)
    const running: Running = { worker, pending: new Map(), ready: Promise.withResolvers() }
    for (const stream of [worker.stdout, worker.stderr]) {
      const lines = lineReader((line) => log(name, line))
      stream.on('data', (chunk: Buffer) => lines.write(chunk)).on('end', () => lines.end())
    }
    worker.on('message', (message: OutcomeMessage | ReadyMessage) => {
      if ('ready' in message) return running.ready.resolve()
      running.pending.get(message.id)?.(outcomeOf(message))
      running.pending.delete(message.id)
    })
    worker.on('error', (error) => {
      const errorMessage = error instanceof Error ? error.message : String(error)
      if (running.pending.size === 0) log(name, `the function's process died: ${errorMessage}`)
      retire(running, { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage })
    })
    worker.on('exit', () => {
      retire(running, { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage: 'the process ended' })
    })
    worker.unref()
    running.ready.promise.catch(() => undefined)
    return running
  }

  const begin = (event: unknown, resolve: (outcome: InvokeOutcome) => void): void => {
    current ??= start()
    const running = current
    const id = ++lastId
    let timer = limit(running, INIT_TIMEOUT_SECONDS)
    running.pending.set(id, (outcome) => {
      clearTimeout(timer)
      if (outcome.kind === 'failed') log(name, `Invoke Error ${outcome.errorType}: ${outcome.errorMessage}`)
      inFlight -= 1
      resolve(outcome)
      pump()
    })
    const send = (): void => {
      if (!running.pending.has(id)) return
      clearTimeout(timer)
      timer = limit(running, timeoutSeconds)
      const timeoutMs = timeoutSeconds * 1000
      const message: InvokeMessage = { id, requestId: randomUUID(), event: JSON.stringify(event), timeoutMs }
      running.worker.postMessage(message)
    }
    running.ready.promise.then(send, () => undefined)
  }

  const pump = (): void => {
    while (!stopped && inFlight < MAX_IN_FLIGHT) {
      const next = waiting.shift()
      if (!next) return
      inFlight += 1
      next()
    }
  }

  const limit = (running: Running, seconds: number): NodeJS.Timeout =>
    setTimeout(() => {
      log(name, `Task timed out after ${seconds.toFixed(2)} seconds`)
      retire(running, { kind: 'timed-out' })
    }, seconds * 1000)

  return {
    load: () => {
      current ??= start()
      return current.ready.promise
    },
    invoke: (event) =>
      new Promise((resolve) => {
        waiting.push(() => begin(event, resolve))
        pump()
      }),
    stop: async () => {
      stopped = true
      if (current) retire(current, { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage: 'the twin stopped' })
      await Promise.all(stopping)
    },
  }
}
