import { seededRandom } from '../seeded-random.ts'
import type { ServiceName } from './service.ts'

export const FAULT_TARGETS = ['ivs', 'dynamodb', 'secrets', 'sqs', 'eventbridge', 'events', 'jwks'] as const
export type FaultTarget = ServiceName | 'events' | 'jwks'
/** What may befall a whole call. */
export const CALL_MODES = ['error', 'throttle', 'timeout', 'delay', 'drop', 'duplicate'] as const
/** What may befall an event on its way from AWS's own services to the bus. */
export const EMIT_MODES = ['drop', 'duplicate', 'delay', 'reorder', 'malformed'] as const
export const FAULT_MODES = [...CALL_MODES, 'reorder', 'malformed', 'partial'] as const
export type FaultMode = (typeof FAULT_MODES)[number]

export interface FaultSpec {
  readonly target: FaultTarget
  /** Only this operation; absent: all of them. */
  readonly operation?: string
  /** Only calls of this function; absent: of all of them. */
  readonly function?: string
  readonly mode: FaultMode
  /** 0..1: the share of calls that are hit. */
  readonly rate: number
  /** The same seed hits the same calls of a sequence. */
  readonly seed: number
  /** How long `delay` takes, in milliseconds: of real time for a call, of the twin's for an event. */
  readonly delayMs: number
  /** Each hit takes a share of `delayMs`, drawn by the seed. */
  readonly spread?: boolean
  /** The call takes effect, but its answer is lost. */
  readonly after: boolean
  /** After so many hits the fault is over; absent: never. */
  readonly count?: number
  /** Hits begin after so many matching calls. */
  readonly skip: number
}

/** A fault that struck. */
export interface Hit extends FaultSpec {
  /** In [0, 1), drawn by the seed for this call: whatever else has to be picked. */
  readonly roll: number
}

export interface Faults {
  add(spec: FaultSpec): string
  /** All of them, or one. */
  clear(id?: string): void
  list(): readonly (FaultSpec & { readonly id: string; readonly hits: number })[]
  /**
   * Draws for one call, by any of its names, among faults of the modes that can strike at this place: the first that hits.
   * @param by the function whose call it is
   */
  draw(
    target: FaultTarget,
    operation: string | readonly string[],
    modes?: readonly FaultMode[],
    by?: string,
  ): Hit | undefined
}

/** Modes that make sense for a target; the others are refused when asked for. */
export function modesOf(target: FaultTarget): readonly FaultMode[] {
  if (target === 'events') return [...EMIT_MODES, 'error']
  if (target === 'jwks') return ['error', 'throttle', 'timeout', 'delay', 'drop']
  return target === 'sqs' || target === 'eventbridge' ? [...CALL_MODES, 'partial'] : CALL_MODES
}

interface Armed {
  readonly spec: FaultSpec
  readonly random: () => number
  readonly roll: () => number
  calls: number
  hits: number
}

export function createFaults(): Faults {
  const armed = new Map<string, Armed>()
  let lastId = 0

  /** Draws for every matching call, hit or not, so that what a seed hits depends on nothing but the sequence of calls. */
  const hitBy = (fault: Armed): Hit | undefined => {
    const [drawn, roll] = [fault.random(), fault.roll()]
    fault.calls += 1
    if (fault.calls <= fault.spec.skip || drawn >= fault.spec.rate) return undefined
    if (fault.spec.count !== undefined && fault.hits >= fault.spec.count) return undefined
    fault.hits += 1
    return { ...fault.spec, roll }
  }

  return {
    add: (spec) => {
      const id = `fault-${++lastId}`
      armed.set(id, { spec, random: seededRandom(spec.seed), roll: seededRandom(~spec.seed), calls: 0, hits: 0 })
      return id
    },
    clear: (id) => {
      if (id === undefined) armed.clear()
      else armed.delete(id)
    },
    list: () => [...armed].map(([id, fault]) => ({ id, hits: fault.hits, ...fault.spec })),
    draw: (target, operation, modes = FAULT_MODES, by = undefined) => {
      const names = [operation].flat()
      const matching = [...armed.values()].filter(
        ({ spec }) =>
          spec.target === target &&
          modes.includes(spec.mode) &&
          (spec.operation === undefined || names.includes(spec.operation)) &&
          (spec.function === undefined || spec.function === by),
      )
      return matching.map(hitBy).find((hit) => hit !== undefined)
    },
  }
}
