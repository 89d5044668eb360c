import { Fault } from '../fault.ts'
import type { Clock, EpochMs } from '../time.ts'

export interface RefreshedOptions<T> {
  readonly load: () => Promise<T>
  readonly clock: Clock
  /** Milliseconds a value serves without being looked after. */
  readonly freshMs: number
  /** Milliseconds after it was loaded that a value may still serve while loading fails. */
  readonly staleMs: number
  /** Milliseconds between two loads while there is a value, whoever asks for them. */
  readonly coolDownMs: number
  /** The same while there is none. */
  readonly firstCoolDownMs: number
  /** What it is that cannot be had; no value, no secret. */
  readonly what: string
}

/** A value that is loaded when needed, kept, and looked after. Both throw `Fault('identity_provider_unavailable')`. */
export interface Refreshed<T> {
  /** As fresh as `freshMs` asks for if loading works; older, up to `staleMs`, while it does not. */
  current(): Promise<T>
  /** Loaded again, unless the last try is not a cool-down ago. */
  renewed(): Promise<T>
}

/** One load at a time however many wait for it, and at most one in a cool-down. */
export function createRefreshed<T>(options: RefreshedOptions<T>): Refreshed<T> {
  const { load, clock, freshMs, staleMs, coolDownMs, firstCoolDownMs } = options
  let held: { readonly value: T; readonly at: EpochMs } | undefined
  let triedAt: EpochMs = Number.NEGATIVE_INFINITY
  let failure: unknown
  let loading: Promise<void> | undefined

  const isWithin = (ms: number): boolean => held !== undefined && clock() - held.at < ms

  async function loadOnce(): Promise<void> {
    triedAt = clock()
    try {
      held = { value: await load(), at: clock() }
    } catch (error) {
      failure = error
    } finally {
      loading = undefined
    }
  }

  async function renewed(): Promise<T> {
    const coolDown = isWithin(staleMs) ? coolDownMs : firstCoolDownMs
    if (loading === undefined && clock() - triedAt >= coolDown) loading = loadOnce()
    await loading
    if (held !== undefined && isWithin(staleMs)) return held.value
    throw new Fault('identity_provider_unavailable', `${options.what} cannot be had`, {
      cause: failure,
      retryAfterSeconds: Math.ceil(firstCoolDownMs / 1000),
    })
  }

  return {
    renewed,
    current: async () => (held !== undefined && isWithin(freshMs) ? held.value : renewed()),
  }
}
