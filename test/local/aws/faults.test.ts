import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFaults, type FaultSpec } from '../../../local/aws/faults.ts'

const spec = (given: Partial<FaultSpec> = {}): FaultSpec => ({
  target: 'dynamodb',
  mode: 'error',
  rate: 1,
  seed: 7,
  delayMs: 0,
  after: false,
  skip: 0,
  ...given,
})

function hits(given: Partial<FaultSpec>, calls: number): boolean[] {
  const faults = createFaults()
  faults.add(spec(given))
  return Array.from({ length: calls }, () => faults.draw('dynamodb', 'GetItem') !== undefined)
}

describe('createFaults', () => {
  it('hits the same calls for the same seed, whatever seed and rate', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, rate) => {
        expect(hits({ seed, rate }, 50)).toEqual(hits({ seed, rate }, 50))
      }),
    )
  })

  it('hits about the share that was asked for, and other calls for another seed', () => {
    const first = hits({ rate: 0.3, seed: 1 }, 2000)
    const share = first.filter(Boolean).length / 2000
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.35)
    expect(hits({ rate: 0.3, seed: 2 }, 2000)).not.toEqual(first)
  })

  it.each<[string, Partial<FaultSpec>, boolean[]]>([
    ['rate 1: every call', {}, [true, true, true]],
    ['rate 0: none', { rate: 0 }, [false, false, false]],
    ['another operation', { operation: 'PutItem' }, [false, false, false]],
    ['this operation', { operation: 'GetItem' }, [true, true, true]],
    ['another target', { target: 'ivs' }, [false, false, false]],
    ['a count', { count: 2 }, [true, true, false]],
    ['after some', { skip: 1 }, [false, true, true]],
    ['one, after some', { skip: 1, count: 1 }, [false, true, false]],
  ])('%s', (_, given, expected) => {
    expect(hits(given, 3)).toEqual(expected)
  })

  it('forgets one, or all', () => {
    const faults = createFaults()
    const first = faults.add(spec())
    faults.add(spec({ mode: 'throttle' }))
    faults.clear(first)
    expect(faults.draw('dynamodb', 'GetItem')?.mode).toBe('throttle')
    expect(faults.list()).toMatchObject([{ mode: 'throttle', hits: 1 }])
    faults.clear()
    expect(faults.draw('dynamodb', 'GetItem')).toBeUndefined()
  })
})
