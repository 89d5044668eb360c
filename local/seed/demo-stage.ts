import type { Gateway } from '../gateway/gateway.ts'

export const DEMO_STAGE = 'demo'

/**
 * Creates the open stage `demo` through the API, as an admin would; one that is there is left alone.
 * Throws where the API will not have it: then something is wrong with the configuration.
 */
export async function seedDemoStage(gateway: Gateway, adminLogin: string): Promise<void> {
  const answer = await gateway({
    method: 'POST',
    url: '/v1/stages',
    rawHeaders: ['Host', 'localhost', 'Content-Type', 'application/json', 'Authorization', `Bearer ${adminLogin}`],
    body: Buffer.from(JSON.stringify({ stageId: DEMO_STAGE, name: 'Demo', access: 'open' })),
    sourceIp: '127.0.0.1',
  })
  if (answer.status !== 201 && answer.status !== 409)
    throw new Error(`the stage "${DEMO_STAGE}" could not be created: the API answered ${answer.status}`)
}
