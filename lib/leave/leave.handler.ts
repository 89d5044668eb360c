import { implement } from '../http/operation.ts'
import type { Routes } from '../http/route.ts'
import { parseUserId } from '../ids.ts'
import { ok } from '../result.ts'
import { leaveOperation } from './leave.contract.ts'
import { leaveStage } from './leave.ts'
import type { LeaveDeps } from './leaving.ts'

export function leaveRoutes(deps: LeaveDeps): Routes {
  return implement(leaveOperation, async ({ path, query, caller, requestId, now, log }) => {
    const owner = parseUserId(query.userId)
    const call = { ...path, ...(owner.ok && { owner: owner.value }), caller, requestId, now, log }
    const left = await leaveStage(deps, call)
    return left.ok ? ok({ status: 204 }) : left
  })
}
