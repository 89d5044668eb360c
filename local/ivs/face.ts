import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IvsException } from './exception.ts'
import type { Side } from './side/side.ts'
import type { WorldOptions } from './world/create-world.ts'
import type { Change } from './world/table.ts'

export interface LocalIvsOptions extends WorldOptions {
  /** Milliseconds since the epoch: every expiry, delay and timestamp hangs on it. */
  readonly clock: () => number
  /** Told of every change, whole operations at a time; see `data/journal.ts`. */
  readonly onChange?: (changes: readonly Change[]) => void
}

export interface IvsRequest {
  readonly method: string
  /** As it came: still percent-encoded, without the query. */
  readonly path: string
  /** Without the `?`. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface IvsResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The operation it was, where the path named one. */
  readonly operation?: string
}

/** What an IAM judge needs: `actions` is more than one where tags are set at creation (`ivs:TagResource`). */
export interface Described {
  readonly operation: string
  readonly actions: readonly string[]
  readonly resourceArns: readonly string[]
  readonly requestTags?: Readonly<Record<string, string>>
}

/**
 * Amazon IVS Real-Time on this machine. Nothing runs in the background: what time brings about (a session that closes, a
 * composition that becomes active) is worked out at the next call, with the times and in the order it was due. A server
 * that wants events promptly calls `settle()` now and then.
 */
export interface LocalIvs {
  /** A `node:http` listener speaking the service's REST-JSON; refuses requests that are not signed. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /**
   * The same for a request already read. The caller has judged who signs: no signature is looked for. `readLagMs` overrides
   * the assumption for this call alone.
   */
  call(request: IvsRequest, circumstances?: { readonly readLagMs?: number }): IvsResponse
  /** An exception as the service puts it on the wire. */
  refuse(exception: IvsException): IvsResponse
  describe(request: IvsRequest): Described | undefined
  tagsOf(arn: string): Readonly<Record<string, string>> | undefined
  /** An operation without the wire, for set-up: inputs are checked, call rates are not, reads do not lag. Throws an IvsException. */
  invoke(operation: string, input: Readonly<Record<string, unknown>>): unknown
  readonly side: Side
  /** Does what the clock has made due, and when something is due next (Infinity: nothing is). */
  settle(): void
  nextDue(): number
  /** Everything, JSON-able; `restore` takes it back, forgets what was there, and does not call `onChange`. */
  snapshot(): readonly Change[]
  restore(state: Iterable<Change>): void
}
