/**
 * What a use case may tell the log about one request. Only these fields exist: nothing personal, no token, no key can be
 * passed by mistake.
 */
export interface LogFields {
  readonly userId?: string
  readonly issuer?: string
  readonly stageId?: string
  readonly participantId?: string
  readonly role?: string
  readonly capabilities?: readonly string[]
  /** The policy rule that answered. */
  readonly rule?: string
  /** Where the right came from. */
  readonly source?: string
  readonly slot?: string
  readonly duration?: number
  readonly replayed?: boolean
  /** Which way a write took: the optimistic one or the exact one after it. */
  readonly path?: string
}

export interface RequestLog {
  /** Adds to the one line written when the request ends. */
  note(fields: LogFields): void
  /** Writes the one `grant` line of a mint. */
  grant(fields: LogFields): void
  /** Runs `work` and adds how long it took, in milliseconds, under `name`, to the request's line. */
  time<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** How a request ended. `fault` is there for 5xx alone. */
export interface Outcome {
  readonly status: number
  readonly code?: string
  readonly fault?: FaultReport
}

/** What the log may know about something thrown: no message but our own, no values. */
export interface FaultReport {
  readonly name: string
  /** Only of a `Fault`: we wrote it. */
  readonly message?: string
  /** Name of what a `Fault` was caused by. */
  readonly cause?: string
  /** `file.ts:line`, innermost first. */
  readonly frames: readonly string[]
}

/** The log of one request, opened when it arrives. `end` writes its line. */
export interface OpenRequestLog extends RequestLog {
  end(outcome: Outcome): void
}

/** Opens the log of one request. `route` is a route key of ours, never a raw path. */
export type RequestLogger = (request: { readonly requestId: string; readonly route: string }) => OpenRequestLog
