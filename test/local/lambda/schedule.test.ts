import { describe, expect, it } from 'vitest'
import { nextTimeOf } from '../../../local/lambda/schedule.ts'

const AFTER = '2026-11-21T04:05:06.789Z'

describe('nextTimeOf', () => {
  it.each([
    ['rate(1 minute)', '2026-11-21T04:06:06.789Z'],
    ['rate(6 hours)', '2026-11-21T10:05:06.789Z'],
    ['rate(2 days)', '2026-11-23T04:05:06.789Z'],
    ['cron(0 12 * * ? *)', '2026-11-21T12:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-21T04:15:00.000Z'],
    ['cron(5 4 * * ? *)', '2026-11-22T04:05:00.000Z'],
    ['cron(30 8 1 * ? *)', '2026-12-01T08:30:00.000Z'],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-23T09:00:00.000Z'],
    ['cron(0 0 1 JAN,JUL ? *)', '2027-01-01T00:00:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00.000Z'],
  ])('%s', (expression, expected) => {
    expect(new Date(nextTimeOf(expression)(Date.parse(AFTER)) ?? 0).toISOString()).toBe(expected)
  })

  it('ends with its last year', () => {
    expect(nextTimeOf('cron(0 0 1 1 ? 2020)')(Date.parse(AFTER))).toBeUndefined()
  })

  it.each(['rate(0 minutes)', 'rate(6)', 'every day', 'cron(0 12 * *)', 'cron(0 12 L * ? *)', ''])(
    'refuses %j',
    (text) => {
      expect(() => nextTimeOf(text)).toThrow(/serverless\.yml: the schedule/)
    },
  )
})
