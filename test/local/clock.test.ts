import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTwinClock } from '../../local/clock.ts'
import { moveTime } from '../../local/lambda/moved-time.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

describe('createTwinClock', () => {
  it('runs what became due, earliest first, and nothing twice', () => {
    const clock = createTwinClock({ real: Date.now })
    const ran: string[] = []
    clock.after(5000, () => ran.push('late'))
    clock.after(1000, () => ran.push('early'))
    const cancel = clock.after(2000, () => ran.push('never'))
    cancel()
    clock.advance(0.5)
    expect(ran).toEqual([])
    clock.advance(10)
    clock.advance(10)
    expect(ran).toEqual(['early', 'late'])
    expect(clock.now()).toBe(1_020_500)
  })

  it('runs it too when real time passes', () => {
    const clock = createTwinClock({ real: Date.now, offsetMs: 7 })
    let ran = 0
    clock.after(1000, () => ran++)
    vi.advanceTimersByTime(999)
    expect(ran).toBe(0)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(1)
    expect(clock.offsetMs()).toBe(7)
  })

  it('waits for what lies months ahead, and forgets it when stopped', () => {
    const clock = createTwinClock({ real: Date.now })
    const months = 90 * 86_400_000
    let ran = 0
    clock.after(months, () => ran++)
    clock.after(months + 1000, () => ran++)
    vi.advanceTimersByTime(months)
    expect(ran).toBe(1)
    clock.stop()
    clock.advance(10)
    expect(ran).toBe(1)
  })
})

describe('moveTime', () => {
  it('moves now, and only now', () => {
    const scope = { Date }
    const clock = createTwinClock({ real: Date.now })
    moveTime(scope, clock.offset)
    clock.advance(100)
    expect(scope.Date.now()).toBe(1_100_000)
    expect(new scope.Date().getTime()).toBe(1_100_000)
    expect(new scope.Date(5).getTime()).toBe(5)
    expect(new scope.Date(2020, 0).getFullYear()).toBe(2020)
    expect(scope.Date.parse('1970-01-01T00:00:01Z')).toBe(1000)
    expect(scope.Date.UTC(1970, 0)).toBe(0)
    expect(scope.Date()).toBe(new Date(1_100_000).toString())
    expect(new scope.Date()).toBeInstanceOf(Date)
  })
})
