import type { LogFields, OpenRequestLog, Outcome, RequestLogger } from '../../lib/http/request-log.ts'
import type { Routes } from '../../lib/http/route.ts'
import type { EdgeDeps } from '../../lib/http/stack.ts'
import { createEndpoint, type Endpoint } from '../../lib/http/stack.ts'
import type { UserId } from '../../lib/ids.ts'
import type { Caller } from '../../lib/login/caller.ts'
import { ok, refuse } from '../../lib/result.ts'
import { type ApiRequest, apiEvent, context } from './api-event.ts'

export const caller: Caller = {
  issuer: 'https://issuer.example',
  userId: 'ada' as UserId,
  roles: [],
  stageGrants: {},
  isAdmin: false,
  stageIdPrefix: '',
  attributes: {},
  expiresAt: 1_795_255_200,
}

export interface LoggedRequest {
  readonly requestId: string
  readonly route: string
  readonly notes: LogFields
  readonly grants: readonly LogFields[]
  readonly timed: readonly string[]
  readonly outcome: Outcome
}

/** A request log that keeps what it is told: one entry for each request that ended. */
export function recordingLog(): { readonly logger: RequestLogger; readonly requests: LoggedRequest[] } {
  const requests: LoggedRequest[] = []
  const logger: RequestLogger = ({ requestId, route }): OpenRequestLog => {
    const notes: LogFields = {}
    const grants: LogFields[] = []
    const timed: string[] = []
    return {
      note: (fields) => void Object.assign(notes, fields),
      grant: (fields) => void grants.push(fields),
      time: (name, work) => {
        timed.push(name)
        return work()
      },
      end: (outcome) => void requests.push({ requestId, route, notes, grants, timed, outcome }),
    }
  }
  return { logger, requests }
}

export const NOW = 1_795_251_600_000

/** An edge where the login is `ada` and no other, whose log is kept. */
export function testEdge(routes: Routes, deps: Partial<EdgeDeps> = {}) {
  const { logger, requests } = recordingLog()
  const endpoint: Endpoint = createEndpoint(
    {
      authenticate: async (header) => {
        if (header === undefined) return refuse({ code: 'login_required' })
        return header === 'Bearer ada' ? ok(caller) : refuse({ code: 'login_invalid' })
      },
      clock: () => NOW,
      logger,
      ...deps,
    },
    routes,
  )
  /** Sends a request with ada's login, unless the headers say otherwise. */
  const send = async (routeKey: string, request: ApiRequest = {}) => {
    const headers = { authorization: 'Bearer ada', ...request.headers }
    const response = await endpoint(apiEvent(routeKey, { ...request, headers }), context)
    return { ...response, json: response.body === undefined ? undefined : JSON.parse(response.body) }
  }
  return { endpoint, send, requests }
}
