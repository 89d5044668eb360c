import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createLogLines } from '../../lib/log/log-lines.ts'
import { reconcileHandler } from '../../lib/sweep/reconcile.handler.ts'
import type { ReconcileDeps } from '../../lib/sweep/reconcile-deps.ts'
import { type AlarmProperties, isCounted, isInAlarm } from '../support/alarm.ts'
import { createMemoryStageStore } from '../support/memory-stage-store.ts'
import {
  createMemoryLiveStore,
  createMemoryRunLock,
  createMemorySweepRequests,
} from '../support/memory-sweep-stores.ts'
import { T0 } from '../support/participants.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

/** The tags (`!Ref`, `!GetAtt`) are left out: what is looked at is their text. */
const resourcesIn = (name: string) => {
  const text = readFileSync(join(import.meta.dirname, '../../resources', `${name}.yml`), 'utf8')
  return parse(text, { logLevel: 'error' }).Resources as Record<string, { Type: string; Properties: unknown }>
}
const all = Object.assign({}, ...['reconcile', 'endings', 'events', 'queues'].map(resourcesIn))
// biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of a resource
const properties = (id: string): any => all[id]?.Properties
const alarm = (id: string): AlarmProperties => properties(id)
const late = undefined

/** What a run of `reconcile` writes. */
async function linesOf({ locked = false } = {}): Promise<readonly string[]> {
  const clock = createVirtualClock(T0)
  const lines: string[] = []
  const [live, lock] = [createMemoryLiveStore(), createMemoryRunLock()]
  if (locked) await lock.hold('another', T0 + 3_600_000, T0)
  const known = { stages: async function* () {}, connected: async function* () {} }
  const deps = {
    ...{ live, lock, sweeps: createMemorySweepRequests(), census: known, deployment: 'test' },
    ...{ arns: { find: async () => undefined }, stages: createMemoryStageStore() },
    ...{ clock: clock.now, wait: clock.wait, random: () => 0.5, newHolder: () => 'me', callsPerSecond: 4 },
    logger: createLogLines({ level: 'INFO', write: (line) => lines.push(line), now: clock.now }),
  }
  await clock.run(reconcileHandler(deps as unknown as ReconcileDeps)())
  return lines
}

describe('a sweep that is missing or late', () => {
  const { FilterPattern, MetricTransformations, LogGroupName } = properties('SweepLag')
  const [metric] = MetricTransformations

  it('is measured by a line that every run writes, and none that was skipped', async () => {
    const counted = (lines: readonly string[]) => lines.filter((line) => isCounted(FilterPattern, line))
    expect(counted(await linesOf())).toHaveLength(1)
    expect(counted(await linesOf({ locked: true }))).toEqual([])
    expect(await linesOf({ locked: true })).toHaveLength(1)
    expect(metric.MetricValue).toBe('$.lagSeconds')
    expect(LogGroupName).toBe('ReconcileLogGroup')
  })

  it('is what the alarm looks at', () => {
    expect(properties('SweepLagAlarm')).toMatchObject({
      ...{ Namespace: metric.MetricNamespace, MetricName: metric.MetricName, Statistic: 'Maximum', Period: 60 },
    })
  })

  it.each<[string, (number | undefined)[], boolean]>([
    ['in time, as ever', [40, 55, 60], false],
    ['one that is late', [40, 400, 50], false],
    ['two that are late', [40, 130, 130], false],
    ['three that are late', [121, 130, 240], true],
    ['just in time', [120, 120, 120], false],
    ['one that is missing', [40, late, 50], false],
    ['two that are missing', [40, late, late], false],
    ['three that are missing', [late, late, late], true],
    ['late, then missing', [130, late, late], true],
    ['in time again', [late, late, 30], false],
  ])('%s', (_, periods, expected) => {
    expect(isInAlarm(alarm('SweepLagAlarm'), periods)).toBe(expected)
  })

  it('fails the run where IVS never said which stages there are, and three such runs of five raise an alarm', () => {
    expect(properties('ReconcileErrorsAlarm')).toMatchObject({ MetricName: 'Errors', Statistic: 'Sum' })
    expect(isInAlarm(alarm('ReconcileErrorsAlarm'), [1, 0, 1, 0, 1])).toBe(true)
    expect(isInAlarm(alarm('ReconcileErrorsAlarm'), [1, 0, 1, 0, 0])).toBe(false)
    expect(isInAlarm(alarm('ReconcileErrorsAlarm'), [late, late, late, late, late])).toBe(false)
  })
})

describe.each([
  ['EndingsDeadLetters', ['UrgentEndingsQueue', 'EndingsQueue', 'LaterQueue']],
  ['StageEventsDeadLetters', ['StageEventsQueue']],
])('a message in %s', (dead, queues) => {
  it('raises an alarm from the first one on, for as long as it lies there', () => {
    const id = `${dead}Alarm`
    expect(properties(id)).toMatchObject({
      ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' },
      Dimensions: [{ Name: 'QueueName', Value: `${dead}.QueueName` }],
    })
    expect(isInAlarm(alarm(id), [0, 1])).toBe(true)
    expect(isInAlarm(alarm(id), [1, 0])).toBe(false)
    expect(isInAlarm(alarm(id), [late])).toBe(false)
  })

  it.each(queues)('comes from %s, after its last attempt', (queue) => {
    expect(properties(queue).RedrivePolicy.deadLetterTargetArn).toBe(`${dead}.Arn`)
    expect(properties(queue).RedrivePolicy.maxReceiveCount).toBeGreaterThan(1)
    expect(properties(dead).MessageRetentionPeriod).toBeGreaterThanOrEqual(1_209_600)
  })
})
