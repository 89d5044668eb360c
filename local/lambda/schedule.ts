import type { EpochMs } from '../../lib/time.ts'

const MINUTE_MS = 60_000
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 }
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
/** Beyond this no plan is looked for: 29 February comes sooner. */
const HORIZON_MINUTES = 5 * 366 * 1440

/** When a schedule fires next after an instant; `undefined`: never again. */
export type NextTime = (after: EpochMs) => EpochMs | undefined

type Field = (value: number) => boolean

function fieldOf(text: string, names: readonly string[], offset: number, max: number): Field {
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toUpperCase())
    const value = named < 0 ? Number(word) : named + offset
    if (!Number.isInteger(value)) throw new Error(`cannot read "${text}"`)
    return value
  }
  const parts = text.split(',').map((part): Field => {
    const [range = '', step] = part.split('/')
    const [from = '', to] = range.split('-')
    const any = range === '*' || range === '?'
    const low = any ? 0 : numberOf(from)
    const high = to === undefined ? (any || step !== undefined ? max : low) : numberOf(to)
    const every = step === undefined ? 1 : numberOf(step)
    return (value) => value >= low && value <= high && (value - low) % every === 0
  })
  return (value) => parts.some((part) => part(value))
}

function cronOf(text: string): NextTime {
  const fields = text.trim().split(/\s+/)
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields
  if (fields.length !== 6) throw new Error('cron() has six fields')
  const fits: readonly (readonly [Field, (date: Date) => number])[] = [
    [fieldOf(month, MONTHS, 1, 12), (date) => date.getUTCMonth() + 1],
    [fieldOf(day, [], 0, 31), (date) => date.getUTCDate()],
    [fieldOf(weekday, DAYS, 1, 7), (date) => date.getUTCDay() + 1],
    [fieldOf(hour, [], 0, 23), (date) => date.getUTCHours()],
    [fieldOf(minute, [], 0, 59), (date) => date.getUTCMinutes()],
    [fieldOf(year, [], 0, 2199), (date) => date.getUTCFullYear()],
  ]
  return (after) => {
    const first = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS
    for (let i = 0; i < HORIZON_MINUTES; i++) {
      const date = new Date(first + i * MINUTE_MS)
      if (fits.every(([field, part]) => field(part(date)))) return date.getTime()
    }
    return undefined
  }
}

/** Reads `rate(6 hours)` or `cron(0 12 * * ? *)` (EventBridge, UTC; without L, W and #). Throws where it is neither. */
export function nextTimeOf(expression: string): NextTime {
  const [, kind, inner = ''] = /^(rate|cron)\((.*)\)$/.exec(expression.trim()) ?? []
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? []
  const minutes = Number(count) * (UNITS[unit] ?? Number.NaN)
  try {
    if (kind === 'cron') return cronOf(inner)
    if (kind === 'rate' && minutes > 0) return (after) => after + minutes * MINUTE_MS
  } catch (error) {
    throw new Error(`serverless.yml: the schedule ${expression}: ${error instanceof Error ? error.message : ''}`)
  }
  throw new Error(`serverless.yml: the schedule ${expression} is neither rate(…) nor cron(…)`)
}
