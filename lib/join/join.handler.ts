import { parseIdempotencyKey } from '../http/idempotency-key.ts'
import { implement } from '../http/operation.ts'
import type { Routes } from '../http/route.ts'
import { ok } from '../result.ts'
import { joinOperation } from './join.contract.ts'
import { joinStage } from './join.ts'
import type { JoinDeps } from './joining.ts'

export function joinRoutes(deps: JoinDeps): Routes {
  return implement(joinOperation, async ({ path, caller, body, headers, requestId, now, log }) => {
    const key = parseIdempotencyKey(headers)
    if (!key.ok) return key
    const idempotencyKey = key.value === undefined ? {} : { idempotencyKey: key.value }
    const { stageId } = path
    const joined = await joinStage(deps, { stageId, caller, request: body, ...idempotencyKey, requestId, now, log })
    if (!joined.ok) return joined
    const { answer, replayed } = joined.value
    return ok({
      status: replayed ? 200 : 201,
      body: answer,
      confidential: true,
      ...(replayed && { headers: { 'Idempotency-Replayed': 'true' } }),
    })
  })
}
