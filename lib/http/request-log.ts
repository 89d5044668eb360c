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
