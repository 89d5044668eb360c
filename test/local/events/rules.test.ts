import { describe, expect, it } from 'vitest'
import { createFaults } from '../../../local/aws/faults.ts'
import { createQueues } from '../../../local/aws/queues.ts'
import { createTwinClock } from '../../../local/clock.ts'
import type { Deployment, PolicyStatement, RuleDefinition } from '../../../local/deployment/deployment.ts'
import { createEventBridge } from '../../../local/events/event-bridge.ts'
import { anEvent } from './an-event.ts'

const BURST = 10_000
const rule: RuleDefinition = {
  ...{ name: 'rule', arn: 'arn:rule', busName: 'default', enabled: true, pattern: { source: ['aws.ivs'] } },
  targets: [{ id: 't', queueName: 'queue', retries: { maxAgeSeconds: 60, maxAttempts: 1 } }],
}
const allowed: PolicyStatement = {
  ...{ effect: 'Allow', principals: ['events.amazonaws.com'], actions: ['sqs:*'], resources: ['*'] },
  conditions: {},
}

function aBridge(given: Partial<RuleDefinition> = {}, conditions: PolicyStatement['conditions'] = {}) {
  const definition = { name: 'queue', visibilityTimeoutSeconds: 30, retentionSeconds: 345_600, delaySeconds: 0 }
  const deployment: Deployment = {
    ...{ service: 's', stage: 'local', region: 'us-east-1', accountId: '123456789012' },
    ...{ functions: [], tables: [], buses: ['own'], throttles: {} },
    rules: [{ ...rule, ...given }],
    queues: [{ ...definition, policy: [{ ...allowed, conditions }] }],
  }
  const clock = createTwinClock({ real: Date.now })
  const queues = createQueues(deployment.queues, { now: clock.now, onChange: () => undefined })
  const bridge = createEventBridge({ deployment, queues, faults: createFaults(), clock, log: () => undefined })
  return { bridge, queue: queues.get('queue') }
}

describe('createEventBridge', () => {
  it.each<[string, Partial<RuleDefinition>, string, number]>([
    ['a rule that fits', {}, 'default', 1],
    ['one that does not fit', { pattern: { source: ['aws.s3'] } }, 'default', 0],
    ['one of another bus', { busName: 'own' }, 'default', 0],
    ['one of this other bus', { busName: 'own' }, 'own', 1],
    ['one that is disabled', { enabled: false }, 'default', 0],
  ])('delivers by %s', (_, given, bus, expected) => {
    const { bridge, queue } = aBridge(given)
    bridge.put(bus, anEvent())
    expect(queue?.size()).toBe(expected)
  })

  it.each<[string, Parameters<typeof aBridge>, string]>([
    ['a bus that is not there', [{ busName: 'none' }], 'is on the bus "none", which is not there'],
    [
      'a queue that is not there',
      [{ targets: [{ id: 't', queueName: 'none', retries: { maxAgeSeconds: 1, maxAttempts: 1 } }] }],
      'sends to the queue "none", which is not there',
    ],
    ['a pattern that cannot be matched', [{ pattern: { source: [{ cidr: '::/0' }] } }], 'cannot match by "cidr"'],
    ['a condition that cannot be judged', [{}, { IpAddress: { 'aws:SourceIp': ['::1'] } }], 'the condition IpAddress'],
  ])('ends the start where there is %s', (_, [given, conditions], message) => {
    expect(() => aBridge(given, conditions)).toThrow(message)
  })

  it('loses none of a burst, and each leaves its queue once', () => {
    const { bridge, queue } = aBridge()
    for (let i = 0; i < BURST; i++) bridge.emit(anEvent(`${i}`))
    const ids = new Set<string>()
    for (let batch = queue?.receive(10) ?? []; batch.length > 0; batch = queue?.receive(10) ?? []) {
      for (const { body, receipt = '' } of batch) {
        ids.add(JSON.parse(body).id)
        expect(queue?.delete(receipt)).toBe(true)
      }
    }
    expect([ids.size, queue?.size(), bridge.notes.last()]).toEqual([BURST, 0, BURST])
  })
})
