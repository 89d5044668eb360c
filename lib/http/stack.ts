import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Clock } from '../time.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { type Authenticate, authentication, commonHeaders, parsing, problems, requestLog } from './layers.ts'
import { Refused } from './problem.ts'
import type { RequestLogger } from './request-log.ts'
import { type Response, responseOf } from './response.ts'
import type { Routes } from './route.ts'

export interface EdgeDeps {
  readonly authenticate: Authenticate
  readonly clock: Clock
  readonly logger: RequestLogger
  /**
   * Begins to read what every granted request needs and nobody's login decides, so that the first one waits for it and for its
   * issuer's keys at once. What it rejects with is left to whoever needs the answer. Not at the start of the process: one that
   * is frozen between its start and its first request would find its connection dead.
   */
  readonly readAhead?: () => Promise<unknown>
}

/** What a Lambda behind API Gateway (HTTP API, payload 2.0) exports. */
export type Endpoint = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/**
 * The one middleware stack, outermost first: request log → headers → problem → authenticate → parse → handler. On the way out
 * middy runs them in reverse, so the log sees what the client gets. It keeps nothing between requests and serves several at once.
 */
export function createEndpoint(deps: EdgeDeps, routes: Routes): Endpoint {
  const run = middy<Exchange, Response>(handle, { timeoutEarlyInMillis: 0 })
    .use(requestLog())
    .use(commonHeaders())
    .use(problems())
    .use(authentication(deps.authenticate))
    .use(parsing())
  return (event, context) => {
    deps.readAhead?.().catch(() => undefined)
    return run(openExchange(event, routes, deps), context)
  }
}

async function handle(exchange: Exchange): Promise<Response> {
  const { event, route, caller, parsed, requestId, now, log } = exchange
  if (!route || !parsed) throw new Error('the layers before the handler did not run')
  const call = { ...parsed, caller, headers: headersOf(event), requestId, now, log }
  // `implement` made the route: its schema and path template are those this handler was written against.
  const result = await route.handle(call as never)
  if (!result.ok) throw new Refused(result.refusal)
  return responseOf(result.value)
}

const headersOf = ({ headers }: APIGatewayProxyEventV2): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined))
