import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { reportFault } from '../../../lib/http/fault-report.ts'

describe('what the log may know about something thrown', () => {
  it('is name, message and cause of a fault of ours', () => {
    class ThrottlingException extends Error {
      override readonly name = 'ThrottlingException'
    }
    const cause = new ThrottlingException('marker')
    const report = reportFault(new Fault('quota_backoff', 'CreateStage was throttled', { cause }))
    expect(report).toMatchObject({ name: 'Fault', message: 'CreateStage was throttled', cause: 'ThrottlingException' })
    expect(JSON.stringify(report)).not.toContain('marker')
  })

  it('is the name of anything else, and where it was thrown, innermost first', () => {
    const { name, frames, ...rest } = reportFault(new RangeError('marker'))
    expect({ name, rest }).toEqual({ name: 'RangeError', rest: {} })
    expect(frames[0]).toMatch(/^fault-report\.test\.ts:\d+$/)
    expect(frames.length).toBeLessThanOrEqual(10)
  })

  it.each([
    ['a message that looks like frames', new Error('x\n    at marker (/marker.ts:1:1)')],
    ['a stack that does not hold the message', Object.assign(new Error('x'), { message: 'marker' })],
    ['no stack at all', Object.assign(new Error('marker'), { stack: undefined })],
    ['a name that is no name', Object.assign(new Error('x'), { name: 'marker: secret' })],
    ['text', 'marker'],
    ['an object', { name: 'marker', message: 'marker', stack: 'marker' }],
    ['nothing', undefined],
  ])('is nothing of %s', (_what, thrown) => {
    expect(JSON.stringify(reportFault(thrown))).not.toContain('marker')
  })
})
