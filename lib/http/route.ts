import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import type { Result } from '../result.ts'
import type { EpochMs } from '../time.ts'
import type { RequestLog } from './request-log.ts'

/** One request after the edge has authenticated and parsed it. */
export interface Call<Body> {
  readonly caller: Caller
  /** As API Gateway decoded them, never decoded again. */
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
  readonly requestId: string
  readonly now: EpochMs
  readonly log: RequestLog
}

export interface Answer {
  readonly status: 200 | 201 | 204 | 304
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The body holds a token: `no-store`, and never logged. */
  readonly confidential?: boolean
}

export type Handle<Body> = (call: Call<Body>) => Promise<Result<Answer, Refusal>>
