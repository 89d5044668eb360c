import type * as z from 'zod/mini'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'

const MAX_CURSOR_LENGTH = 1024
const BASE64URL = /^[A-Za-z0-9_-]+$/

/** A sort position as clients carry it: opaque, and never the partition, which comes from the authorised path. */
export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url')

/** The sort position of a cursor. Anything `encodeCursor` could not have made of a `position` is refused. */
export function decodeCursor<T>(cursor: string, position: z.ZodMiniType<T>): Result<T, Refusal> {
  if (cursor.length > MAX_CURSOR_LENGTH || !BASE64URL.test(cursor)) return refuse({ code: 'invalid_cursor' })
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const parsed = position.safeParse(value)
    return parsed.success && encodeCursor(value) === cursor ? ok(parsed.data) : refuse({ code: 'invalid_cursor' })
  } catch {
    return refuse({ code: 'invalid_cursor' })
  }
}
