import type { FaultMode } from '../aws/faults.ts'
import { unknownOperators } from '../aws/judge.ts'
import type { Deployment, RuleDefinition } from '../deployment/deployment.ts'
import { DEFAULT_BUS } from '../deployment/names.ts'
import { createNotes, type Notes } from '../notes.ts'
import { type BestEffort, createBestEffort } from './best-effort.ts'
import { createDelivery, type DeliveryOptions } from './delivery.ts'
import type { BusEvent } from './event.ts'
import { compilePattern } from './pattern.ts'

/** One event that was put on a bus, or would have been but for a fault. */
export interface EventNote {
  readonly bus: string
  /** What befell it on its way. */
  readonly fault?: FaultMode
  readonly event: BusEvent
}

/** The account's event buses with the rules of the deployment. */
export interface EventBridge {
  /** From one of AWS's own services, to the default bus, as well as may be. */
  emit(event: BusEvent): void
  put(busName: string, event: BusEvent): void
  has(busName: string): boolean
  /** Everything that was put on any bus. */
  readonly notes: Notes<EventNote>
}

export interface EventBridgeOptions extends Omit<DeliveryOptions, 'region' | 'accountId'> {
  readonly deployment: Deployment
}

const MAX_NOTES = 100_000

/** Throws what would be found out only when an event comes, or never. */
function checkRule({ name, busName, targets }: RuleDefinition, { buses, queues }: Deployment): void {
  if (busName !== DEFAULT_BUS && !buses.includes(busName))
    throw new Error(`serverless.yml: the rule "${name}" is on the bus "${busName}", which is not there`)
  for (const { queueName, deadLetterQueueName = queueName } of targets) {
    const missing = [queueName, deadLetterQueueName].find((queue) => !queues.some((one) => one.name === queue))
    if (missing !== undefined)
      throw new Error(`serverless.yml: the rule "${name}" sends to the queue "${missing}", which is not there`)
  }
}

function checkPolicies({ queues }: Deployment): void {
  const unknown = queues.flatMap(({ policy }) => unknownOperators(policy))
  if (unknown.length > 0) throw new Error(`serverless.yml: the twin cannot judge the condition ${unknown.join(', ')}`)
}

/** Reads the deployment's rules. Throws where one could not be carried out. */
export function createEventBridge({ deployment, ...options }: EventBridgeOptions): EventBridge {
  checkPolicies(deployment)
  const { region, accountId } = deployment
  const notes = createNotes<EventNote>(options.clock.now, MAX_NOTES)
  const deliver = createDelivery({ region, accountId, ...options })
  const rules = deployment.rules.map((rule) => {
    checkRule(rule, deployment)
    return { rule, fits: compilePattern(rule.pattern, `the pattern of "${rule.name}"`) }
  })

  const route = (busName: string, event: BusEvent): void => {
    // As it is on the wire: what is undefined here is absent there.
    const sent: unknown = JSON.parse(JSON.stringify(event))
    for (const { rule, fits } of rules) {
      if (rule.busName !== busName || !rule.enabled || !fits(sent)) continue
      for (const target of rule.targets) deliver(event, rule, target)
    }
  }
  const bestEffort: BestEffort = createBestEffort(options.faults, options.clock, (event) => route(DEFAULT_BUS, event))

  return {
    notes,
    has: (busName) => busName === DEFAULT_BUS || deployment.buses.includes(busName),
    emit: (event) => {
      const fault = bestEffort(event)
      notes.record({ bus: DEFAULT_BUS, ...(fault === undefined ? {} : { fault }), event })
    },
    put: (busName, event) => {
      notes.record({ bus: busName, event })
      route(busName, event)
    },
  }
}
