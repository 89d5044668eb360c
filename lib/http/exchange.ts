import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { Caller } from '../login/caller.ts'
import type { Clock, EpochMs } from '../time.ts'
import type { ProblemCode } from './problem.ts'
import type { OpenRequestLog, RequestLogger } from './request-log.ts'
import type { Route, Routes } from './route.ts'

/** What the handler is given of a request's path, query and body once they have been parsed. */
export interface Parsed {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

/** One request on its way through the stack. Made anew for each, so that requests served at once share nothing. */
export interface Exchange {
  readonly event: APIGatewayProxyEventV2
  readonly requestId: string
  readonly now: EpochMs
  readonly log: OpenRequestLog
  /** Absent where no route of this function has the event's route key. */
  readonly route?: Route
  /** Set by authentication, on routes that ask for a login. */
  caller?: Caller
  /** Set by parsing. */
  parsed?: Parsed
  /** Set by the problem layer, for the log. */
  code?: ProblemCode
}

export function openExchange(
  event: APIGatewayProxyEventV2,
  routes: Routes,
  deps: { readonly clock: Clock; readonly logger: RequestLogger },
): Exchange {
  const { requestId } = event.requestContext
  const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey] : undefined
  return {
    event,
    requestId,
    now: deps.clock(),
    log: deps.logger({ requestId, route: route ? event.routeKey : 'none' }),
    ...(route ? { route } : {}),
  }
}
