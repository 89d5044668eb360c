import { parentPort, workerData } from 'node:worker_threads'
import type { InvokeMessage, OutcomeMessage, ReadyMessage, WorkerSettings } from './messages.ts'
import { moveTime } from './moved-time.ts'

const settings = workerData as WorkerSettings
// Before the function is loaded: what it remembers of the time at its cold start must be the twin's too.
moveTime(globalThis, settings.clockOffset)

type Handler = (event: unknown, context: unknown) => unknown

async function loadHandler(): Promise<Handler> {
  const module = (await import(settings.moduleUrl)) as Record<string, unknown>
  const handler = module[settings.exportName]
  if (typeof handler !== 'function') throw new Error(`${settings.functionName} exports no "${settings.exportName}"`)
  return handler as Handler
}

function contextOf({ requestId, timeoutMs }: InvokeMessage): Record<string, unknown> {
  const startedAt = performance.now()
  return {
    awsRequestId: requestId,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(settings.memoryMegabytes),
    logGroupName: `/aws/lambda/${settings.functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(timeoutMs - (performance.now() - startedAt))),
  }
}

const handler = await loadHandler()

async function run(message: InvokeMessage): Promise<OutcomeMessage> {
  try {
    const answer = await handler(JSON.parse(message.event), contextOf(message))
    return { id: message.id, ok: true, payload: JSON.stringify(answer ?? null) }
  } catch (error) {
    const { name, message: text } = error instanceof Error ? error : { name: 'Error', message: String(error) }
    return { id: message.id, ok: false, errorType: name, errorMessage: text }
  }
}

parentPort?.on('message', async (message: InvokeMessage) => {
  parentPort?.postMessage(await run(message))
})
const ready: ReadyMessage = { ready: true }
parentPort?.postMessage(ready)
