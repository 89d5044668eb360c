import { readDeployment } from '../../local/deployment/read-deployment.ts'

const deployment = await readDeployment({
  ...{ directory: process.cwd(), stage: 'local', accountId: '123456789012', env: {} },
  queueUrlOf: (name) => name,
})

/** Which function answers a route, by serverless.yml. */
export function functionOf(route: string): string {
  const found = deployment.functions.find(({ routes }) =>
    routes.some(({ method, path }) => `${method} ${path}` === route),
  )
  if (found === undefined) throw new Error(`no function has the route ${route}`)
  return found.name
}

/** Functions that nobody calls: fed by queues and schedules. */
export const workers: readonly string[] = deployment.functions
  .filter(({ routes }) => routes.length === 0)
  .map(({ name }) => name)
