import type { TwinClock } from '../clock.ts'
import type { InvokeOutcome } from './function-host.ts'

export interface AsyncInvokeOptions {
  readonly clock: TwinClock
  readonly invoke: (event: unknown) => Promise<InvokeOutcome>
  readonly retries: number
  readonly functionArn: string
  /** Takes the record of a run that failed for good. */
  readonly onFailure: (record: string) => void
}

/** Lambda waits a minute before the first retry and two before the second. */
const RETRY_WAIT_MS = 60_000

/** Runs a function as AWS's own services do: nobody waits for the answer, a failure is tried again, then reported. */
export function createAsyncInvoke(options: AsyncInvokeOptions): (event: unknown) => void {
  const { clock, invoke, retries, functionArn, onFailure } = options
  const report = (event: unknown, outcome: InvokeOutcome, attempts: number): void => {
    const condition = 'RetriesExhausted'
    const requestContext = { functionArn: `${functionArn}:$LATEST`, condition, approximateInvokeCount: attempts }
    const responseContext = { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' }
    const responsePayload = outcome.kind === 'failed' ? { errorType: outcome.errorType } : null
    const timestamp = new Date(clock.now()).toISOString()
    const record = {
      version: '1.0',
      timestamp,
      requestContext,
      requestPayload: event,
      responseContext,
      responsePayload,
    }
    onFailure(JSON.stringify(record))
  }
  const attempt = async (event: unknown, number: number): Promise<void> => {
    const outcome = await invoke(event)
    if (outcome.kind === 'answered') return
    if (number <= retries) clock.after(number * RETRY_WAIT_MS, () => void attempt(event, number + 1))
    else report(event, outcome, number)
  }
  return (event) => void attempt(event, 1)
}
