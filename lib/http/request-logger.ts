import type { LogLines } from '../log/log-lines.ts'
import type { LogFields, OpenRequestLog, RequestLogger } from './request-log.ts'

/** The fields a line may have. A record, so that a new field of `LogFields` does not compile until it is decided here. */
const ALLOWED: Readonly<Record<keyof LogFields, true>> = {
  userId: true,
  issuer: true,
  stageId: true,
  participantId: true,
  role: true,
  capabilities: true,
  rule: true,
  source: true,
  slot: true,
  duration: true,
  replayed: true,
  path: true,
}

/** Types allow an object with more than its fields: what is not listed is dropped here, at run time. */
const allowed = (fields: LogFields): LogFields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => Object.hasOwn(ALLOWED, name)))

/**
 * Request logs as JSON lines. Each line is passed whole to a log that keeps nothing, so requests served at once cannot mix.
 * `elapsed` reads a monotonic clock, in milliseconds.
 */
export function createRequestLogger(
  lines: Pick<LogLines, 'info' | 'error'>,
  elapsed: () => number = monotonic,
): RequestLogger {
  return ({ requestId, route }): OpenRequestLog => {
    const began = elapsed()
    const line: LogFields = {}
    const timings: Record<string, number> = {}
    return {
      note(fields) {
        Object.assign(line, allowed(fields))
      },
      grant(fields) {
        lines.info('grant', { requestId, ...line, ...allowed(fields) })
      },
      async time(name, work) {
        const start = elapsed()
        try {
          return await work()
        } finally {
          timings[name] = (timings[name] ?? 0) + millis(elapsed() - start)
        }
      },
      end({ status, code, fault }) {
        const write = status >= 500 ? lines.error : lines.info
        const outcome = { status, ...(code && { code }), ...(fault && { fault: { ...fault } }) }
        write('request', {
          requestId,
          route,
          ...outcome,
          ...line,
          timings: { ...timings, total: millis(elapsed() - began) },
        })
      },
    }
  }
}

/** Node loads all of `performance` at its first use. */
const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6

/** Tenths are enough to read, and keep lines short. */
const millis = (ms: number): number => Math.round(ms * 10) / 10
