/** What a function's worker is told when it starts. */
export interface WorkerSettings {
  /** The module, as a `file:` URL, and the name of its export. */
  readonly moduleUrl: string
  readonly exportName: string
  readonly functionName: string
  readonly memoryMegabytes: number
  readonly functionArn: string
  /** See `TwinClock.offset`. */
  readonly clockOffset: SharedArrayBuffer
}

export interface InvokeMessage {
  readonly id: number
  readonly requestId: string
  /** JSON, as Lambda hands events over: nothing but data gets across. */
  readonly event: string
  readonly timeoutMs: number
}

/** The function is loaded: runs, and the time they may take, begin now. */
export interface ReadyMessage {
  readonly ready: true
}

export type OutcomeMessage =
  | { readonly id: number; readonly ok: true; readonly payload: string }
  | { readonly id: number; readonly ok: false; readonly errorType: string; readonly errorMessage: string }
