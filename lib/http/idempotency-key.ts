import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'

const VISIBLE_ASCII = /^[\x21-\x7e]{1,64}$/

/** The `Idempotency-Key` of a request, if it has one: 1–64 visible ASCII characters. */
export function parseIdempotencyKey(headers: Readonly<Record<string, string>>): Result<string | undefined, Refusal> {
  const key = headers['idempotency-key']
  if (key === undefined || VISIBLE_ASCII.test(key)) return ok(key)
  const error = {
    pointer: '#header/Idempotency-Key',
    code: 'invalid_format',
    detail: 'Must be 1 to 64 visible ASCII characters.',
  }
  return refuse({ code: 'invalid_request', errors: [error] })
}
