import type middy from '@middy/core'
import type { Caller } from '../login/caller.ts'
import type { Result } from '../result.ts'
import type { Exchange } from './exchange.ts'
import { reportFault } from './fault-report.ts'
import { parseRequest } from './parse.ts'
import { type LoginRefusal, problemOf, Refused } from './problem.ts'
import { type Response, responseOfProblem, routeNotFound } from './response.ts'

/** Judges an `Authorization` header (absent where none was sent). Throws a `Fault` when the issuer's keys cannot be had. */
export type Authenticate = (authorization: string | undefined) => Promise<Result<Caller, LoginRefusal>>

type Layer = middy.MiddlewareObj<Exchange, Response, Error>
type Hook = middy.MiddlewareFn<Exchange, Response, Error>

/** No route of this function has the event's route key. Thrown before anything else is looked at. */
class RouteNotFound extends Error {}

/** One line for each request, whatever became of it. */
export function requestLog(): Layer {
  const write: Hook = ({ event: exchange, response, error }) => {
    const status = response?.statusCode ?? 500
    exchange.log.end({
      status,
      ...(exchange.code === undefined ? {} : { code: exchange.code }),
      ...(status >= 500 ? { fault: reportFault(error) } : {}),
    })
  }
  return { after: write, onError: write }
}

/** What every answer carries: this API is no place for a browser to sniff, frame, cache in the clear or be referred from. */
export function commonHeaders(): Layer {
  const add: Hook = ({ event: exchange, response }) => {
    if (!response) return
    Object.assign(response.headers, {
      'X-Request-Id': exchange.requestId,
      'X-Content-Type-Options': 'nosniff',
      'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    })
  }
  return { after: add, onError: add }
}

/** Sets the response and returns nothing: a value returned here would skip the headers and the log (middy 7). */
export function problems(): Layer {
  return {
    onError: (request) => {
      if (request.error instanceof RouteNotFound) {
        request.response = routeNotFound()
        return
      }
      const problem = problemOf(request.error, request.event.requestId)
      request.event.code = problem.code
      request.response = responseOfProblem(problem)
    },
  }
}

export function authentication(authenticate: Authenticate): Layer {
  return {
    before: async ({ event: exchange }) => {
      if (!exchange.route) throw new RouteNotFound()
      if (!exchange.route.bearer) return
      const header = exchange.event.headers.authorization
      const login = await exchange.log.time('authenticate', () => authenticate(header))
      if (!login.ok) throw new Refused(login.refusal)
      exchange.caller = login.value
      exchange.log.note({ userId: login.value.userId, issuer: login.value.issuer })
    },
  }
}

export function parsing(): Layer {
  return {
    before: ({ event: exchange }) => {
      if (!exchange.route) return
      const parsed = parseRequest(exchange.event, exchange.route)
      if (!parsed.ok) throw new Refused(parsed.refusal)
      exchange.parsed = parsed.value
      const { stageId, participantId } = parsed.value.path
      exchange.log.note({ ...(stageId ? { stageId } : {}), ...(participantId ? { participantId } : {}) })
    },
  }
}
