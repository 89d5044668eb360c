import type { TwinClock } from '../clock.ts'
import type { Deployment } from '../deployment/deployment.ts'
import type { LogSink } from '../log-sink.ts'
import type { Ports } from '../ports.ts'
import { createCallers } from './caller.ts'
import type { Faults } from './faults.ts'
import { createFront } from './front.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Services } from './start-services.ts'
import { createRoles, type Roles } from './statement-use.ts'

export interface ServeOptions {
  readonly deployment: Deployment
  readonly services: Services
  readonly ports: Ports
  readonly faults: Faults
  readonly clock: TwinClock
  readonly log: LogSink
}

/** Opens every service behind its front; answers what all fronts share. */
export function serveServices(options: ServeOptions): { readonly roles: Roles; readonly ledger: Ledger } {
  const { services, ports, faults, clock, log } = options
  const { functions, accountId } = options.deployment
  const roles = createRoles(functions)
  const ledger = createLedger(clock.now)
  const roleNames = new Map(functions.map(({ name, roleName }) => [name, roleName]))
  const shared = {
    callerOf: createCallers(functions.map(({ name }) => name)),
    roles,
    faults,
    ledger,
    now: clock.now,
    roleArnOf: (name: string) => `arn:aws:sts::${accountId}:assumed-role/${roleNames.get(name)}/${name}`,
    onDenied: (name: string, actions: string) => log('twin', `the role of "${name}" does not allow ${actions}`),
  }
  ports.dynamodb.serve(createFront(services.dynamodb, shared))
  ports.ivs.serve(createFront(services.ivsService, shared))
  ports.secrets.serve(createFront(services.secrets, shared))
  ports.sqs.serve(createFront(services.sqs, shared))
  ports.eventbridge.serve(createFront(services.putEvents, shared))
  return { roles, ledger }
}
