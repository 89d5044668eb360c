import type { EpochMs } from '../../lib/time.ts'
import type { Faults } from '../aws/faults.ts'
import { judge } from '../aws/judge.ts'
import type { Queue } from '../aws/queue.ts'
import type { Queues } from '../aws/queues.ts'
import type { TwinClock } from '../clock.ts'
import type { RuleDefinition, RuleTarget } from '../deployment/deployment.ts'
import type { LogSink } from '../log-sink.ts'
import { type BusEvent, namesOf } from './event.ts'

export interface DeliveryOptions {
  readonly region: string
  readonly accountId: string
  readonly queues: Queues
  readonly faults: Faults
  readonly clock: TwinClock
  readonly log: LogSink
}

export type Deliver = (event: BusEvent, rule: RuleDefinition, target: RuleTarget) => void

/** EventBridge waits longer and longer between attempts; how long exactly it does not say. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 600_000

interface GivenUp {
  readonly code: string
  readonly message: string
  readonly exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'
  readonly attempts: number
}

/** What EventBridge tells of an event that it puts into a dead-letter queue (User Guide, "dead-letter queues"). */
function attributesOf({ arn }: RuleDefinition, targetArn: string, why: GivenUp): Record<string, unknown> {
  const { code, message, exhausted, attempts } = why
  const told = {
    RULE_ARN: arn,
    TARGET_ARN: targetArn,
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
    RETRY_ATTEMPTS: String(attempts),
  }
  return Object.fromEntries(
    Object.entries(told).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  )
}

/**
 * Brings events to queues as EventBridge does: only where the queue's policy lets this rule in, and again where it failed; then
 * to the rule's dead letters. A missing right is not tried again.
 */
export function createDelivery({ region, accountId, queues, faults, clock, log }: DeliveryOptions): Deliver {
  const arnOf = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`

  const open = (name: string, rule: RuleDefinition): Queue | undefined => {
    const queue = queues.get(name)
    const statements = queue?.definition.policy.filter(({ principals }) =>
      principals.some((who) => who === '*' || who === 'events.amazonaws.com'),
    )
    const verdict = judge(statements ?? [], {
      operation: 'SendMessage',
      actions: ['sqs:SendMessage'],
      resources: [arnOf(name)],
      context: { 'aws:SourceArn': [rule.arn], 'aws:SourceAccount': [accountId], 'aws:SecureTransport': ['true'] },
    })
    if (verdict.allowed) return queue
    log('twin', `the policy of the queue "${name}" does not let the rule "${rule.name}" send`)
    return undefined
  }

  const giveUp = (event: BusEvent, rule: RuleDefinition, target: RuleTarget, why: GivenUp): void => {
    const name = target.deadLetterQueueName
    const queue = name === undefined ? undefined : open(name, rule)
    log('twin', `the rule "${rule.name}" gave an event up${queue ? '' : ', and it is lost'}`)
    queue?.send(JSON.stringify(event), attributesOf(rule, arnOf(target.queueName), why))
  }

  /** When to try again after so many retries, or why not. */
  const next = ({ retries: policy }: RuleTarget, retries: number, since: EpochMs): number | GivenUp => {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS)
    const tooOld = clock.now() + wait > since + policy.maxAgeSeconds * 1000
    if (!tooOld && retries < policy.maxAttempts) return wait
    const exhausted = tooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts'
    return { code: 'SERVICE_ERROR', message: 'Broken on purpose.', exhausted, attempts: retries }
  }

  return (event, rule, target) => {
    const since = clock.now()
    const attempt = (retries: number): void => {
      const queue = open(target.queueName, rule)
      if (!queue) {
        giveUp(event, rule, target, { code: 'NO_PERMISSIONS', message: 'Not allowed.', attempts: retries })
      } else if (faults.draw('events', namesOf(event), ['error'])) {
        const then = next(target, retries, since)
        if (typeof then === 'number') clock.after(then, () => attempt(retries + 1))
        else giveUp(event, rule, target, then)
      } else {
        queue.send(JSON.stringify(event))
      }
    }
    attempt(0)
  }
}
