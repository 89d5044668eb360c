import type { Deployment, FunctionDefinition } from '../deployment/deployment.ts'
import { createGateway } from '../gateway/gateway.ts'
import type { LocalIssuer } from '../identity/issuer.ts'
import type { InvokeOutcome } from '../lambda/function-host.ts'
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

/**
 * The function that creates stages, run for this once with the local issuer trusted: the environment may name other issuers
 * instead, and then no login of ours would do.
 */
async function seedDemo({ deployment, functions, issuer }: SeedOptions): Promise<string | null> {
  const definition = deployment.functions.find(createsStages)
  if (!definition) return null
  const { AUTH_ISSUERS: _, ...env } = functions.env
  const host = hostOf(definition, { ...functions, env })
  let failure: string | undefined
  const invoke = async (_name: string, event: unknown): Promise<InvokeOutcome> => {
    const outcome = await host.invoke(event)
    if (outcome.kind === 'failed') failure = outcome.errorMessage
    return outcome
  }
  const gateway = createGateway({ deployment, invoke, allow: () => true, now: Date.now })
  try {
    await seedDemoStage(gateway, await issuer.login({ sub: 'twin', roles: ['admin'], expiresIn: 60 }))
    return DEMO_STAGE
  } catch (error) {
    // A function that does not start says best itself what is wrong: its configuration, as a rule.
    throw failure === undefined ? error : new Error(failure, { cause: error })
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
