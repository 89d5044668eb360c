import { implementOpen } from '../http/operation.ts'
import type { Routes } from '../http/route.ts'
import { ok } from '../result.ts'
import { type Health, healthOperation } from './meta.contract.ts'

/** `GET /v1/health`. `features` names optional parts of the API that this deployment has. */
export function healthRoute(version: string): Routes {
  const body: Health = { status: 'ok', version, features: [] }
  return implementOpen(healthOperation, async () => ok({ status: 200, body }))
}
