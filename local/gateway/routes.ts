import type { RouteDefinition } from '../deployment/deployment.ts'

export interface Route<Target> {
  /** `POST /v1/stages/{stageId}/join`, as API Gateway names it in the event. */
  readonly key: string
  readonly method: string
  readonly segments: readonly string[]
  readonly target: Target
}

export interface RouteMatch<Target> {
  readonly route: Route<Target>
  /** As they came, still percent-encoded. */
  readonly parameters: Readonly<Record<string, string>>
}

export const routeOf = <Target>({ method, path }: RouteDefinition, target: Target): Route<Target> => ({
  key: `${method} ${path}`,
  method,
  segments: path.split('/').slice(1),
  target,
})

const PARAMETER = /^\{([^+}]+)(\+?)\}$/

function parametersOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const [, name, greedy] = PARAMETER.exec(wanted) ?? []
    const rest = greedy ? segments.slice(index).join('/') : (segments[index] ?? '')
    if (name === undefined ? wanted !== rest : rest === '') return undefined
    if (name !== undefined) parameters[name] = rest
    if (greedy) return parameters
  }
  return pattern.length === segments.length ? parameters : undefined
}

/** Static beats parameter beats greedy, from the left; then a method beats `*`. Lower comes first. */
const precedenceOf = ({ segments, method }: Route<unknown>): string =>
  segments.map((segment) => (segment.endsWith('+}') ? '2' : segment.startsWith('{') ? '1' : '0')).join('') +
  (method === '*' ? '1' : '0')

/**
 * The route that API Gateway would choose for a path as it came (percent-encoded, without the query), or `undefined`: its
 * 404. A trailing slash is a path of its own, and an empty segment is no parameter.
 */
export function matchRoute<Target>(
  routes: readonly Route<Target>[],
  method: string,
  path: string,
): RouteMatch<Target> | undefined {
  const segments = path.split('/').slice(1)
  const matches = routes.flatMap((route) => {
    const parameters = parametersOf(route.segments, segments)
    return parameters && (route.method === method || route.method === '*') ? [{ route, parameters }] : []
  })
  return matches.sort((a, b) => precedenceOf(a.route).localeCompare(precedenceOf(b.route)))[0]
}
