import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFaults } from '../../../local/aws/faults.ts'
import type { Queue } from '../../../local/aws/queue.ts'
import { createQueues } from '../../../local/aws/queues.ts'
import { createTwinClock, type TwinClock } from '../../../local/clock.ts'
import type { PolicyStatement, QueueDefinition, RuleDefinition } from '../../../local/deployment/deployment.ts'
import { createDelivery } from '../../../local/events/delivery.ts'
import { anEvent } from './an-event.ts'

const ARN = 'arn:aws:events:us-east-1:123456789012:rule/rule'
const statement = (given: Partial<PolicyStatement> = {}): PolicyStatement => ({
  effect: 'Allow',
  principals: ['events.amazonaws.com'],
  actions: ['sqs:SendMessage'],
  resources: ['*'],
  conditions: { ArnEquals: { 'aws:SourceArn': [ARN] } },
  ...given,
})

let clock: TwinClock
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  clock = createTwinClock({ real: Date.now })
})
afterEach(() => {
  clock.stop()
  vi.useRealTimers()
})

interface Setting {
  readonly policy?: readonly PolicyStatement[]
  readonly deadPolicy?: readonly PolicyStatement[]
  readonly maxAttempts?: number
  readonly maxAgeSeconds?: number
  readonly failures?: number
}

function deliver({ policy = [statement()], deadPolicy = [statement()], ...rest }: Setting = {}) {
  const { maxAttempts = 185, maxAgeSeconds = 86_400, failures = 0 } = rest
  const definition = (name: string, own: readonly PolicyStatement[]): QueueDefinition => ({
    ...{ name, visibilityTimeoutSeconds: 30, retentionSeconds: 345_600, delaySeconds: 0 },
    policy: own,
  })
  const definitions = [definition('queue', policy), definition('dead', deadPolicy)]
  const queues = createQueues(definitions, { now: clock.now, onChange: () => undefined })
  const logs: string[] = []
  const faults = createFaults()
  if (failures > 0) {
    const spec = { rate: 1, seed: 1, delayMs: 0, after: false, skip: 0 }
    faults.add({ target: 'events', mode: 'error', count: failures, ...spec })
  }
  const log = (_: string, line: string): number => logs.push(line)
  const send = createDelivery({ region: 'us-east-1', accountId: '123456789012', queues, faults, clock, log })
  const target = { id: 't', queueName: 'queue', deadLetterQueueName: 'dead', retries: { maxAttempts, maxAgeSeconds } }
  const rule: RuleDefinition = {
    ...{ name: 'rule', arn: ARN, busName: 'default', enabled: true, pattern: {} },
    targets: [target],
  }
  send(anEvent(), rule, target)
  return { queue: queues.get('queue') as Queue, dead: queues.get('dead') as Queue, logs }
}

describe('createDelivery', () => {
  it('sends events whole', () => {
    const { queue, dead } = deliver()
    expect(queue.receive(10).map(({ body }) => JSON.parse(body))).toEqual([anEvent()])
    expect(dead.size()).toBe(0)
  })

  it.each<[string, readonly PolicyStatement[], boolean]>([
    ['lets the rule in', [statement()], true],
    ['lets anyone in', [statement({ principals: ['*'], conditions: {} })], true],
    [
      'lets the account in',
      [statement({ conditions: { StringEquals: { 'aws:SourceAccount': ['123456789012'] } } })],
      true,
    ],
    ['is not there', [], false],
    ['is of another service', [statement({ principals: ['sns.amazonaws.com'] })], false],
    ['is of another rule', [statement({ conditions: { ArnEquals: { 'aws:SourceArn': [`${ARN}2`] } } })], false],
    ['is of another queue', [statement({ resources: ['arn:aws:sqs:us-east-1:123456789012:other'] })], false],
    ['is of another action', [statement({ actions: ['sqs:ReceiveMessage'] })], false],
    ['denies', [statement(), statement({ effect: 'Deny', principals: ['*'] })], false],
  ])('asks the queue’s policy, which %s', (_, policy, letIn) => {
    const { queue, dead, logs } = deliver({ policy })
    expect([queue.size(), dead.size()]).toEqual(letIn ? [1, 0] : [0, 1])
    expect(logs.includes('the policy of the queue "queue" does not let the rule "rule" send')).toBe(!letIn)
  })

  it('tells the dead letters why, once, without trying again', () => {
    const { dead } = deliver({ policy: [] })
    clock.advance(86_400)
    const [message, ...more] = dead.receive(10)
    expect(more).toEqual([])
    expect(JSON.parse(message?.body ?? '')).toEqual(anEvent())
    expect(message?.attributes).toMatchObject({
      RULE_ARN: { DataType: 'String', StringValue: ARN },
      ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
      RETRY_ATTEMPTS: { StringValue: '0' },
    })
  })

  it('loses the event where the dead letters are shut too, and says so', () => {
    const { queue, dead, logs } = deliver({ policy: [], deadPolicy: [] })
    expect([queue.size(), dead.size()]).toEqual([0, 0])
    expect(logs.at(-1)).toBe('the rule "rule" gave an event up, and it is lost')
  })

  it('tries again what failed, later and later', () => {
    const { queue } = deliver({ failures: 3 })
    const sizes = [1, 2, 4].map((seconds) => {
      clock.advance(seconds - 0.001)
      const before = queue.size()
      clock.advance(0.001)
      return [before, queue.size()]
    })
    expect(sizes).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
    ])
  })

  it.each<[string, Setting, string, string]>([
    ['so many attempts', { maxAttempts: 2 }, 'MaximumRetryAttempts', '2'],
    ['no attempt', { maxAttempts: 0 }, 'MaximumRetryAttempts', '0'],
    ['so long', { maxAgeSeconds: 60 }, 'MaximumEventAgeInSeconds', '5'],
  ])('gives up after %s', (_, setting, condition, attempts) => {
    const { queue, dead } = deliver({ ...setting, failures: 1000 })
    for (let second = 0; second < 120; second++) clock.advance(1)
    const [message] = dead.receive(10)
    expect(message?.attributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: { StringValue: condition },
      RETRY_ATTEMPTS: { StringValue: attempts },
    })
    expect([queue.size(), dead.size()]).toEqual([0, 1])
  })
})
