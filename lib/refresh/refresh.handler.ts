import { implement } from '../http/operation.ts'
import type { Routes } from '../http/route.ts'
import { ok } from '../result.ts'
import { refreshOperation } from './refresh.contract.ts'
import { refreshToken } from './refresh.ts'
import type { RefreshDeps } from './refreshing.ts'

export function refreshRoutes(deps: RefreshDeps): Routes {
  return implement(refreshOperation, async ({ path, caller, body, now, log }) => {
    const { stageId, participantId } = path
    const refreshed = await refreshToken(deps, { stageId, participantId, caller, request: body, now, log })
    return refreshed.ok ? ok({ status: 201, body: refreshed.value, confidential: true }) : refreshed
  })
}
