import { quantile } from '../statistics.ts'
import type { Call, Contestant, Step } from './contestants.ts'
import { Bucket, MODEL } from './model.ts'

export interface CrowdResult {
  readonly servedPercent: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly environments: number
  /** Write units a second that the busiest partition key was asked for, on average over the rush. */
  readonly hottestKeyWrites: number
  readonly hottestPartitionWrites: number
  readonly tableWrites: number
  /** What refused first, and how often: by service. */
  readonly refusals: Readonly<Record<string, number>>
}

export interface Rush {
  readonly users: number
  readonly seconds: number
  /** DynamoDB splits a partition that is asked too much, between items. */
  readonly splitting: boolean
  readonly random: () => number
}

/** Things to do, soonest first (a binary heap). */
class Agenda {
  readonly #heap: { at: number; run: (at: number) => void }[] = []

  add(at: number, run: (at: number) => void): void {
    const heap = this.#heap
    heap.push({ at, run })
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!this.#swapIfSooner(child, parent)) break
      child = parent
    }
  }

  runAll(): void {
    for (let first = this.#takeFirst(); first !== undefined; first = this.#takeFirst()) first.run(first.at)
  }

  #takeFirst() {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    heap[0] = last
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2]
      const child =
        (heap[right]?.at ?? Number.POSITIVE_INFINITY) < (heap[left]?.at ?? Number.POSITIVE_INFINITY) ? right : left
      if (child >= heap.length || !this.#swapIfSooner(child, parent)) return first
      parent = child
    }
  }

  #swapIfSooner(child: number, parent: number): boolean {
    const [below, above] = [this.#heap[child], this.#heap[parent]]
    if (below === undefined || above === undefined || below.at >= above.at) return false
    this.#heap[child] = above
    this.#heap[parent] = below
    return true
  }
}

interface Ends {
  done(at: number): void
  failed(): void
}

/** A rush through the model, request by request. Nobody who is refused tries again. */
export function simulate(contestant: Contestant, rush: Rush): CrowdResult {
  const { users, seconds, random } = rush
  const agenda = new Agenda()
  const api = new Bucket(contestant.throttle ?? MODEL.api)
  const lambda = { free: contestant.warm ?? 0, total: contestant.warm ?? 0 }
  const latencies: number[] = []
  const refusals: Record<string, number> = {}
  const refuse = (by: string): void => {
    refusals[by] = (refusals[by] ?? 0) + 1
  }
  const services = servicesFor(rush, agenda, refuse)
  const arrive = (began: number, user: number): void => {
    const isWarm = lambda.free > 0
    if (!api.take(began)) refuse('api')
    else if (!isWarm && lambda.total >= MODEL.lambda.concurrency) refuse('lambda')
    else {
      if (isWarm) lambda.free--
      else lambda.total++
      const start = isWarm ? 0 : MODEL.lambda.platformStartMs + contestant.coldMs
      const steps = [...(isWarm ? [] : contestant.coldSteps), ...contestant.calls.map((call) => [call])]
      services.run(steps, began + start + contestant.cpuMs, user, {
        done: (at) => {
          latencies.push(at - began + MODEL.api.overheadMs)
          lambda.free++
        },
        failed: () => {
          lambda.free++
        },
      })
    }
  }
  let at = 0
  for (let user = 0; user < users; user++) {
    at += (-Math.log(1 - random()) * seconds * 1000) / users
    const began = at
    agenda.add(began, () => arrive(began, user))
  }
  agenda.runAll()
  return {
    servedPercent: (latencies.length / users) * 100,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    environments: lambda.total,
    ...services.table.asked(seconds),
    refusals,
  }
}

/** What steps go through, one after the other, each of their calls tried again as its client does. */
function servicesFor(rush: Rush, agenda: Agenda, refuse: (by: string) => void) {
  const buckets = {
    ivs: new Bucket(MODEL.ivs),
    parameters: new Bucket(MODEL.parameters),
    secrets: new Bucket(MODEL.secrets),
    keys: new Bucket(MODEL.keys),
  }
  const table = new Table(rush)
  const attempt = (call: Call, at: number, user: number, tries: number, ends: Ends): void => {
    const granted = call.service === 'dynamodb' ? table.take(call, user, at) : buckets[call.service].take(at)
    const { attempts, baseMs, factor, least } = call.retry ?? MODEL.retry
    const again = at + call.ms + baseMs * factor ** (tries - 1) * (least + (1 - least) * rush.random())
    if (granted === true) agenda.add(at + call.ms, ends.done)
    else if (granted === false && tries < attempts) {
      agenda.add(again, (later) => attempt(call, later, user, tries + 1, ends))
    } else {
      refuse(granted === 'impossible' ? 'item too large' : call.service)
      agenda.add(at + call.ms, ends.failed)
    }
  }
  const run = ([first, ...rest]: readonly Step[], at: number, user: number, ends: Ends): void => {
    if (first === undefined) agenda.add(at, ends.done)
    else together(first, at, user, { ...ends, done: (later) => run(rest, later, user, ends) })
  }
  /** Done with the last of them; failed with the first that fails. */
  const together = (calls: Step, at: number, user: number, ends: Ends): void => {
    let open = calls.length
    let hasFailed = false
    for (const call of calls)
      attempt(call, at, user, 1, {
        done: (later) => {
          if (--open === 0 && !hasFailed) ends.done(later)
        },
        failed: () => {
          if (!hasFailed) ends.failed()
          hasFailed = true
        },
      })
  }
  return { table, run }
}

/** Keys on partitions. What a call asks for is counted whether or not it is given. */
class Table {
  readonly #rush: Rush
  readonly #buckets = new Map<number | string, Bucket>()
  readonly #units = new Map<string, number>()
  readonly #bytes = new Map<string, number>()

  constructor(rush: Rush) {
    this.#rush = rush
  }

  take({ key, writes = 0, growsBytes = 0 }: Call, user: number, at: number): boolean | 'impossible' {
    if (key === undefined || writes === 0) return true
    const name = key === 'user' ? `user ${user}` : key
    const bytes = (this.#bytes.get(name) ?? 512) + growsBytes
    if (bytes > MODEL.dynamodb.maxItemBytes) return 'impossible'
    const units = Math.max(writes, Math.ceil(bytes / 1024))
    this.#units.set(name, (this.#units.get(name) ?? 0) + units)
    const granted = this.#bucketOf(name, user).take(at, units)
    if (granted) this.#bytes.set(name, bytes)
    return granted
  }

  /** With splitting, keys end up apart; one item stays where it is. */
  #bucketOf(name: string, user: number): Bucket {
    const { partitions, writeUnits } = MODEL.dynamodb
    const place = name.startsWith('user ')
      ? user % (this.#rush.splitting ? partitions * 8 : partitions)
      : `item ${name}`
    const bucket = this.#buckets.get(place) ?? new Bucket({ rate: writeUnits, burst: writeUnits })
    this.#buckets.set(place, bucket)
    return bucket
  }

  asked(seconds: number) {
    const units = [...this.#units.values()]
    return {
      hottestKeyWrites: units.reduce((most, one) => Math.max(most, one), 0) / seconds,
      hottestPartitionWrites: Math.max(0, ...[...this.#buckets.values()].map(({ taken }) => taken)) / seconds,
      tableWrites: units.reduce((sum, one) => sum + one, 0) / seconds,
    }
  }
}
