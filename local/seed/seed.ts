import type { Deployment, FunctionDefinition } from '../deployment/deployment.ts'
import { createGateway } from '../gateway/gateway.ts'
import type { LocalIssuer } from '../identity/issuer.ts'
import { type FunctionsOptions, hostOf } from '../lambda/functions.ts'
import { DEMO_STAGE, seedDemoStage } from './demo-stage.ts'
import { seedSigningKey } from './signing-key.ts'

export interface SeedOptions {
  readonly deployment: Deployment
  readonly functions: FunctionsOptions
  readonly issuer: LocalIssuer
  readonly ivsUrl: string
  readonly secretsUrl: string
}

async function seedKey({ deployment, ivsUrl, secretsUrl }: SeedOptions): Promise<string | null> {
  const secretId = deployment.functions.map(({ environment }) => environment.SIGNING_SECRET_ID).find(Boolean)
  return secretId ? seedSigningKey({ region: deployment.region, ivsUrl, secretsUrl, secretId }) : null
}

const createsStages = ({ routes }: FunctionDefinition): boolean =>
  routes.some(({ method, path }) => method === 'POST' && path === '/v1/stages')

/** What a function said last, so that a start that fails because of it can say why. */
function lastLine(options: FunctionsOptions): { readonly options: FunctionsOptions; said(): string | undefined } {
  let last: string | undefined
  const log: FunctionsOptions['log'] = (source, line) => {
    last = line
    options.log(source, line)
  }
  return { options: { ...options, log }, said: () => last }
}

/**
 * The function that creates stages, run for this once with the local issuer trusted: the environment may name other issuers
 * instead, and then no login of ours would do.
 */
async function seedDemo({ deployment, functions, issuer }: SeedOptions): Promise<string | null> {
  const definition = deployment.functions.find(createsStages)
  if (!definition) return null
  const { AUTH_ISSUERS: _, ...env } = functions.env
  const listened = lastLine({ ...functions, env })
  const host = hostOf(definition, listened.options)
  const gateway = createGateway({
    deployment,
    invoke: (_name, event) => host.invoke(event),
    allow: () => true,
    now: Date.now,
  })
  try {
    await seedDemoStage(gateway, await issuer.login({ sub: 'twin', roles: ['admin'], expiresIn: 60 }))
    return DEMO_STAGE
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the demo stage could not be created'
    throw new Error([message, listened.said()].filter(Boolean).join(' · '))
  } finally {
    await host.stop()
  }
}

/** Brings a fresh twin to where the first `curl` works. Repeating it changes nothing. */
export async function seed(
  options: SeedOptions,
): Promise<{ readonly publicKeyArn: string | null; readonly demoStage: string | null }> {
  const [publicKeyArn, demoStage] = await Promise.all([seedKey(options), seedDemo(options)])
  return { publicKeyArn, demoStage }
}
