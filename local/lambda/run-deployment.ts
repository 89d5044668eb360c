import type { Services } from '../aws/start-services.ts'
import type { Roles } from '../aws/statement-use.ts'
import type { TwinClock } from '../clock.ts'
import { createGateway } from '../gateway/gateway.ts'
import { createGatewayListener } from '../gateway/gateway-listener.ts'
import { createThrottles } from '../gateway/throttle.ts'
import type { Listener } from '../wire.ts'
import { createFleet, type Fleet } from './fleet.ts'
import { type FunctionsOptions, hostOf } from './functions.ts'

export interface RunOptions {
  readonly functions: FunctionsOptions
  readonly services: Services
  readonly roles: Roles
  readonly clock: TwinClock
  readonly quotas: boolean
}

export interface RunningDeployment {
  readonly fleet: Fleet
  readonly gateway: Listener
  /** Loads what answers requests. Rejects with what the first of them died of. */
  load(): Promise<void>
}

/** The deployment's functions, each in its own worker, and the gateway before them. */
export function runDeployment({ functions, services, roles, clock, quotas }: RunOptions): RunningDeployment {
  const { deployment, log } = functions
  const hosts = new Map(deployment.functions.map((definition) => [definition.name, hostOf(definition, functions)]))
  const fleet = createFleet({ deployment, hosts, queues: services.queues, roles, clock, log })
  const allow = quotas ? createThrottles(deployment.throttles, clock.now) : () => true
  return {
    fleet,
    gateway: createGatewayListener(createGateway({ deployment, invoke: fleet.invoke, allow, now: clock.now })),
    load: async () => {
      const answering = deployment.functions.filter(({ routes }) => routes.length > 0)
      await Promise.all(answering.map(({ name }) => hosts.get(name)?.load()))
    },
  }
}
