import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** A process that loads one module and, where it is given an event, handles that: how long both took, from the process's start. */
export interface Started {
  readonly importMs: number
  /** From the start of the process until its own code ran. */
  readonly bootMs: number
  /** From the start of the process; absent without an event. */
  readonly firstAnswerMs?: number
}

const [, , module = '', event] = process.argv
const before = performance.now()
const { handler } = await import(pathToFileURL(module).href)
const importMs = performance.now() - before
const started = { importMs, bootMs: before }
if (event === undefined) process.send?.(started satisfies Started)
else {
  const { statusCode } = await handler(JSON.parse(readFileSync(event, 'utf8')), { awsRequestId: 'request' })
  if (statusCode !== 201) throw new Error(`answered ${statusCode}`)
  process.send?.({ ...started, firstAnswerMs: performance.now() } satisfies Started)
}
process.exit()
