import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseStageEvent } from '../../../lib/event/parse-stage-event.ts'
import { createFaults, type FaultMode, type FaultSpec } from '../../../local/aws/faults.ts'
import { createTwinClock, type TwinClock } from '../../../local/clock.ts'
import { createBestEffort } from '../../../local/events/best-effort.ts'
import { malform } from '../../../local/events/malform.ts'
import { anEvent } from './an-event.ts'

const spec: FaultSpec = {
  target: 'events',
  mode: 'drop',
  seed: 1,
  rate: 1,
  delayMs: 0,
  after: false,
  skip: 0,
  count: 1,
}
let clock: TwinClock

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  clock = createTwinClock({ real: Date.now })
})
afterEach(() => {
  clock.stop()
  vi.useRealTimers()
})

function anyone(given: Partial<FaultSpec> | undefined) {
  const faults = createFaults()
  const arrived: string[] = []
  const emit = createBestEffort(faults, clock, ({ id }) => arrived.push(id))
  if (given) faults.add({ ...spec, ...given })
  return { arrived, emit: (...names: readonly string[]) => names.map((name) => emit(anEvent(name))) }
}

describe('createBestEffort', () => {
  it.each<[string, Partial<FaultSpec> | undefined, string[]]>([
    ['in order', undefined, ['a', 'b', 'c']],
    ['drop', { mode: 'drop' }, ['b', 'c']],
    ['drop by the event’s name', { mode: 'drop', operation: 'b' }, ['a', 'c']],
    ['drop by the detail type', { mode: 'drop', operation: 'IVS Stage Update', skip: 2 }, ['a', 'b']],
    ['drop of another type', { mode: 'drop', operation: 'IVS Composition State Change' }, ['a', 'b', 'c']],
    ['duplicate', { mode: 'duplicate' }, ['a', 'a', 'b', 'c']],
    ['reorder', { mode: 'reorder', delayMs: 1000 }, ['b', 'a', 'c']],
    ['delay', { mode: 'delay', delayMs: 5000 }, ['b', 'c']],
    ['malformed', { mode: 'malformed' }, ['a', 'b', 'c']],
    ['failed deliveries are no affair of the service', { mode: 'error' }, ['a', 'b', 'c']],
  ])('%s', (_, fault, expected) => {
    const { arrived, emit } = anyone(fault)
    emit('a', 'b', 'c')
    expect(arrived).toEqual(expected)
  })

  it.each<[FaultMode, string[], string[]]>([
    ['delay', ['b'], ['b', 'a']],
    ['duplicate', ['a', 'b'], ['a', 'b', 'a']],
  ])('%s by hours of the twin’s clock', (mode, before, after) => {
    const { arrived, emit } = anyone({ mode, delayMs: 3 * 3_600_000 })
    emit('a', 'b')
    clock.advance(3 * 3600 - 1)
    expect(arrived).toEqual(before)
    clock.advance(1)
    expect(arrived).toEqual(after)
  })

  it('lets one that nothing overtakes come after all, once', () => {
    const { arrived, emit } = anyone({ mode: 'reorder', delayMs: 1000 })
    emit('a')
    expect(arrived).toEqual([])
    clock.advance(1)
    emit('b')
    expect(arrived).toEqual(['a', 'b'])
  })

  it('spreads delays as the seed says, and tells what befell an event', () => {
    const order = (seed: number): readonly string[] => {
      const { arrived, emit } = anyone({ mode: 'delay', spread: true, delayMs: 3_600_000, seed, count: 50 })
      const names = Array.from({ length: 50 }, (_, i) => `${i}`)
      expect(new Set(emit(...names))).toEqual(new Set(['delay']))
      clock.advance(3600)
      expect([...arrived].sort()).toEqual(names.sort())
      return arrived
    }
    expect(order(1)).toEqual(order(1))
    expect(order(2)).not.toEqual(order(1))
  })
})

describe('malform', () => {
  const composition = anEvent('Session Start', {
    'detail-type': 'IVS Composition State Change',
    detail: { event_name: 'Session Start', stage_arn: 'arn' },
  })

  it.each([
    ['a participant’s', anEvent()],
    ['a composition’s', composition],
  ])('makes %s event no event, by any roll', (_, event) => {
    expect(parseStageEvent(event)).toMatchObject({ ok: true })
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (roll) => {
        const broken = JSON.parse(JSON.stringify(malform(event, roll)))
        expect(parseStageEvent(broken)).toEqual({ ok: false, refusal: 'malformed' })
        expect(broken).toMatchObject({ source: 'aws.ivs', 'detail-type': event['detail-type'] })
      }),
    )
  })
})
