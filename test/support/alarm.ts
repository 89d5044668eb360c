/** A CloudWatch alarm, as far as ours say anything. */
export interface AlarmProperties {
  readonly EvaluationPeriods: number
  readonly DatapointsToAlarm?: number
  readonly Threshold: number
  readonly ComparisonOperator: string
  readonly TreatMissingData: string
}

/**
 * Whether it is in alarm after these periods, the last one being now; `undefined`: nothing was measured. CloudWatch's own
 * rule: of the last so many periods, so many breach.
 */
export function isInAlarm(alarm: AlarmProperties, periods: readonly (number | undefined)[]): boolean {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Threshold } = alarm
  if (alarm.ComparisonOperator !== 'GreaterThanThreshold') throw new Error('not known here')
  const breaches = (value: number | undefined): boolean =>
    value === undefined ? alarm.TreatMissingData === 'breaching' : value > Threshold
  return periods.slice(-EvaluationPeriods).filter(breaches).length >= DatapointsToAlarm
}

/** Whether a log line is counted by a metric filter of the form `{ $.name op value && … }`. */
export function isCounted(pattern: string, line: string): boolean {
  const fields = JSON.parse(line) as Readonly<Record<string, unknown>>
  const [, inner] = /^\{ (.*) \}$/.exec(pattern) ?? []
  if (inner === undefined) throw new Error(`not a pattern known here: ${pattern}`)
  return inner.split(' && ').every((term) => {
    const [, name = '', operator, value = ''] = /^\$\.(\w+) (=|>=) (.*)$/.exec(term) ?? []
    if (operator === undefined) throw new Error(`not a term known here: ${term}`)
    if (operator === '=') return fields[name] === JSON.parse(value)
    return typeof fields[name] === 'number' && fields[name] >= Number(value)
  })
}
