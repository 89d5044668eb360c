import { randomUUID } from 'node:crypto'
import type { TwinClock } from '../clock.ts'
import type { Deployment, FunctionDefinition, ScheduleDefinition } from '../deployment/deployment.ts'
import { nextTimeOf } from './schedule.ts'

export interface SchedulesOptions {
  readonly deployment: Deployment
  readonly clock: TwinClock
  readonly run: (definition: FunctionDefinition, event: unknown) => void
}

const eventOf = ({ region, accountId }: Deployment, ruleName: string, at: number): unknown => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: accountId,
  time: `${new Date(at).toISOString().slice(0, 19)}Z`,
  region,
  resources: [`arn:aws:events:${region}:${accountId}:rule/${ruleName}`],
  detail: {},
})

/** Fires the deployment's schedules on the twin's clock. Moved over several due times at once, a schedule fires once. */
export function startSchedules({ deployment, clock, run }: SchedulesOptions): void {
  const plan = (definition: FunctionDefinition, schedule: ScheduleDefinition, ruleName: string): void => {
    const next = nextTimeOf(schedule.expression)
    const arm = (): void => {
      const due = next(clock.now())
      if (due === undefined) return
      clock.after(due - clock.now(), () => {
        run(definition, schedule.input ?? eventOf(deployment, ruleName, due))
        arm()
      })
    }
    arm()
  }
  for (const definition of deployment.functions) {
    for (const [index, schedule] of definition.schedules.entries()) {
      plan(definition, schedule, `${deployment.service}-${deployment.stage}-${definition.name}-${index + 1}`)
    }
  }
}
