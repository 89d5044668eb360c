/**
 * The services around a join, as far as a crowd meets their limits. Each is the default of a new account, taken at its worst
 * where AWS leaves it open: no burst credit of a partition, nothing warm, nothing split beforehand.
 */
export const MODEL = {
  /** HTTP API, per account and Region; a route's own throttle may be lower. Requests a second, and at once. */
  api: { rate: 10_000, burst: 5_000, overheadMs: 8 },
  /** Environments of a function at once; a function may start so many in ten seconds. Beside the code's own start, Lambda's. */
  lambda: { concurrency: 1_000, startsInTenSeconds: 1_000, platformStartMs: 120 },
  /** One partition of a table or an index; one item cannot be split, and holds no more than so much. */
  dynamodb: { writeUnits: 1_000, readUnits: 3_000, partitions: 4, maxItemBytes: 400 * 1024 },
  /** Calls a second. IVS: CreateParticipantToken. Parameters: the default throughput. */
  ivs: { rate: 50, burst: 50 },
  parameters: { rate: 40, burst: 40 },
  secrets: { rate: 10_000, burst: 10_000 },
  /** Identity providers say little; some refuse above so many. */
  keys: { rate: 500, burst: 500 },
  /** The SDK's: attempts in all, and the first wait; the next is twice as long, each taken at random below it. */
  retry: { attempts: 3, baseMs: 100, factor: 2, least: 0 },
} as const

/** Grants so many a second, and so many at once that were not used before. */
export class Bucket {
  readonly #rate: number
  readonly #burst: number
  #left: number
  #at = 0
  taken = 0
  refused = 0

  constructor({ rate, burst }: { readonly rate: number; readonly burst: number }) {
    this.#rate = rate
    this.#burst = burst
    this.#left = burst
  }

  take(now: number, units = 1): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#rate)
    this.#at = now
    if (this.#left < units) {
      this.refused++
      return false
    }
    this.#left -= units
    this.taken += units
    return true
  }
}
