import { Fault } from '../fault.ts'
import type { Clock, EpochMs } from '../time.ts'
import { SecretProblem } from './secret-problem.ts'
import type { SecretSource } from './secret-source.ts'

/** Said each time a re-read did not help. Holds nothing of the secret, nor of an error that might quote it. */
export interface SecretTrouble {
  readonly secretId: string
  readonly problem: 'unreadable' | 'unusable'
  /** An error's name, or what a `SecretProblem` says. */
  readonly detail: string
  /** Whether an older value goes on serving. */
  readonly servedStale: boolean
}

export interface CachedSecretOptions<T> {
  readonly secretId: string
  readonly source: SecretSource
  /** Called only when the text is another than before. Throws `SecretProblem` where the text cannot be used. */
  readonly parse: (text: string) => T
  readonly clock: Clock
  /** Milliseconds until the secret is read again. */
  readonly maxAgeMs?: number
  /** Milliseconds between two tries while reading fails, whatever the number of callers. */
  readonly retryMs?: number
  /** Milliseconds beyond `maxAgeMs` that an old value may serve. Unbounded unless given: rather an old key than no joins. */
  readonly maxStaleMs?: number
  readonly onTrouble?: (trouble: SecretTrouble) => void
}

const FIFTEEN_MINUTES_MS = 15 * 60 * 1000
const RETRY_MS = 5_000

interface Held<T> {
  readonly text: string
  readonly value: T
  readonly readAt: EpochMs
}

/**
 * A secret's parsed value, kept in memory: one read for any number of concurrent callers, read again every 15 minutes,
 * served stale while it cannot be. Throws `Fault('storage_unavailable')` when there is nothing to serve.
 */
export function cachedSecret<T>(options: CachedSecretOptions<T>): () => Promise<T> {
  const { secretId, clock, maxAgeMs = FIFTEEN_MINUTES_MS, retryMs = RETRY_MS, onTrouble } = options
  const maxStaleMs = options.maxStaleMs ?? Number.POSITIVE_INFINITY
  let held: Held<T> | undefined
  let nextReadAt: EpochMs = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const servable = (): Held<T> | undefined =>
    held !== undefined && clock() < held.readAt + maxAgeMs + maxStaleMs ? held : undefined

  async function readAgain(): Promise<void> {
    try {
      held = await readOnce(options, held)
      nextReadAt = held.readAt + maxAgeMs
    } catch (error) {
      nextReadAt = clock() + retryMs
      onTrouble?.({ secretId, ...troubleOf(error), servedStale: servable() !== undefined })
    } finally {
      reading = undefined
    }
  }

  return async () => {
    if (clock() >= nextReadAt) {
      reading ??= readAgain()
      await reading
    }
    const current = servable()
    if (current !== undefined) return current.value
    throw new Fault('storage_unavailable', `the secret ${secretId} is not readable`, {
      retryAfterSeconds: Math.max(1, Math.ceil((nextReadAt - clock()) / 1000)),
    })
  }
}

async function readOnce<T>(options: CachedSecretOptions<T>, before: Held<T> | undefined): Promise<Held<T>> {
  const text = await options.source(options.secretId)
  const readAt = options.clock()
  return before?.text === text ? { ...before, readAt } : { text, value: options.parse(text), readAt }
}

function troubleOf(error: unknown): Pick<SecretTrouble, 'problem' | 'detail'> {
  if (error instanceof SecretProblem) return { problem: 'unusable', detail: error.message }
  return { problem: 'unreadable', detail: error instanceof Error ? error.name : 'Unknown' }
}
