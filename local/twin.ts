import { createFaults } from './aws/faults.ts'
import { serveServices } from './aws/serve-services.ts'
import { startServices } from './aws/start-services.ts'
import { createTwinClock, type TwinClock } from './clock.ts'
import { createControl, type LocalInfo } from './control/control.ts'
import { createControlListener } from './control/control-listener.ts'
import { forgetful, openDataDirectory, type TwinMemory } from './data-directory.ts'
import type { Deployment } from './deployment/deployment.ts'
import { readDeployment } from './deployment/read-deployment.ts'
import { createLocalIssuer, LOCAL_AUDIENCE, type LocalIssuer } from './identity/issuer.ts'
import { buildBundles } from './lambda/bundles.ts'
import type { FunctionsOptions } from './lambda/functions.ts'
import { runDeployment } from './lambda/run-deployment.ts'
import type { LogSink } from './log-sink.ts'
import type { TwinOptions } from './options.ts'
import { endpointsOf, type Ports, reservePorts } from './ports.ts'
import { seed } from './seed/seed.ts'
import { createUndo, type Undo } from './undo.ts'

export interface Twin {
  readonly info: LocalInfo
  readonly issuer: LocalIssuer
  /** Loads the functions that answer requests, so that the first request does not wait for it. */
  load(): Promise<void>
  stop(): Promise<void>
}

const STAGE = 'local'
const ACCOUNT_ID = '123456789012'
/** What IVS does by itself (a session that closes, a composition that starts) is looked at this often. */
const SETTLE_EVERY_MS = 250

interface Ground {
  readonly options: TwinOptions
  readonly log: LogSink
  readonly undo: Undo
  readonly memory: TwinMemory
  readonly clock: TwinClock
  readonly ports: Ports
}

async function layGround(options: TwinOptions, log: LogSink, undo: Undo): Promise<Ground> {
  const broken = (name: string): void => log('twin', `${name}.json could not be read and was put aside`)
  const memory = options.dataDirectory === undefined ? forgetful : openDataDirectory(options.dataDirectory, broken)
  undo.add(memory.close)
  const remembered = memory.read('clock') as { readonly offsetMs: number } | undefined
  const clock = createTwinClock({ real: Date.now, offsetMs: remembered?.offsetMs ?? 0 })
  undo.add(clock.stop)
  return { options, log, undo, memory, clock, ports: await reservePorts(options, log, undo) }
}

function issuerOf({ ports, clock, memory }: Ground): Promise<LocalIssuer> {
  const key = memory.read('issuer') as Parameters<typeof createLocalIssuer>[0]['key']
  return createLocalIssuer({
    issuer: `${ports.api.url}/_local`,
    now: clock.now,
    onNewKey: (made) => memory.write('issuer', made),
    ...(key ? { key } : {}),
  })
}

async function functionsOf(ground: Ground, deployment: Deployment, issuer: LocalIssuer): Promise<FunctionsOptions> {
  const { options, ports, clock, log, undo } = ground
  const { directory, env } = options
  const built = options.bundles ? await buildBundles(directory, STAGE) : undefined
  if (built) undo.add(built.remove)
  const bundlesDirectory = built?.directory ?? options.bundlesDirectory
  return {
    directory,
    deployment,
    ...(bundlesDirectory === undefined ? {} : { bundlesDirectory }),
    env,
    given: { ...endpointsOf(ports), AUTH_ISSUERS: JSON.stringify([issuer.config]) },
    clockOffset: clock.offset,
    log,
  }
}

const infoOf = (ports: Ports, deployment: Deployment, issuer: LocalIssuer): Omit<LocalInfo, keyof Seeded> => ({
  api: ports.api.url,
  ivs: ports.ivs.url,
  dynamodb: ports.dynamodb.url,
  secrets: ports.secrets.url,
  sqs: ports.sqs.url,
  eventbridge: ports.eventbridge.url,
  issuer: issuer.issuer,
  jwksUri: issuer.jwksUri,
  audience: LOCAL_AUDIENCE,
  table: deployment.tables[0]?.name ?? null,
  region: deployment.region,
  pid: process.pid,
})

type Seeded = Awaited<ReturnType<typeof seed>>

async function build(ground: Ground): Promise<Omit<Twin, 'stop'>> {
  const { options, log, undo, memory, clock, ports } = ground
  const queueUrlOf = (name: string): string => `${ports.sqs.url}/${ACCOUNT_ID}/${name}`
  const { directory, env, quotas } = options
  const deployment = await readDeployment({ directory, stage: STAGE, accountId: ACCOUNT_ID, env, queueUrlOf })

  const faults = createFaults()
  const services = await startServices({ twin: options, deployment, clock, faults, log, memory, queueUrlOf })
  undo.add(services.dynamodb.stop)
  const settling = setInterval(services.ivs.settle, SETTLE_EVERY_MS).unref()
  undo.add(() => clearInterval(settling))
  const { roles, ledger } = serveServices({ deployment, services, ports, faults, clock, log })

  const issuer = await issuerOf(ground)
  const functions = await functionsOf(ground, deployment, issuer)
  const { fleet, gateway, load } = runDeployment({ functions, services, roles, clock, quotas })
  undo.add(fleet.stop)

  let seeded: Seeded = { publicKeyArn: null, demoStage: null }
  const info = (): LocalInfo => ({ ...infoOf(ports, deployment, issuer), ...seeded })
  const onChange = (): void => {
    memory.write('clock', { offsetMs: clock.offsetMs() })
    services.ivs.settle()
  }
  const { side } = services.ivs
  const control = createControlListener(
    createControl({
      info,
      issuer,
      side,
      faults,
      ledger,
      events: services.eventBridge.notes,
      clock,
      uses: roles.uses,
      onChange,
    }),
    faults,
  )
  ports.api.serve((request, response) =>
    /^\/_local(?:[/?]|$)/.test(request.url ?? '') ? control(request, response) : gateway(request, response),
  )
  seeded = await seed({ deployment, functions, issuer, ivsUrl: ports.ivs.url, secretsUrl: ports.secrets.url })
  // Seeding trusted the local issuer; whether the ones that replace it make sense is not known yet.
  if (env.AUTH_ISSUERS !== undefined) await load()
  fleet.start()
  return { info: info(), issuer, load }
}

/**
 * Starts everything: ports first, then the services, the functions and the seeds. Whatever was started is stopped again when a
 * later step fails. Rejects with a `UsageError`, or an error whose message is one line for a person.
 */
export async function startTwin(options: TwinOptions, log: LogSink): Promise<Twin> {
  const undo = createUndo()
  try {
    return { ...(await build(await layGround(options, log, undo))), stop: undo.run }
  } catch (error) {
    await undo.run()
    throw error
  }
}
