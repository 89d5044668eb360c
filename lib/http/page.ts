import * as z from 'zod/mini'
import type { Refusal } from '../refusal.ts'
import { ok, type Result } from '../result.ts'
import { decodeCursor } from './cursor.ts'

const DEFAULT_LIMIT = 50

/** The query of every list. Values stay text here; `pageOf` reads them. */
export const PageQuery = z.strictObject({
  limit: z.exactOptional(
    z.string().check(z.refine((text) => /^(?:[1-9][0-9]?|100)$/.test(text), 'Must be a whole number from 1 to 100.')),
  ),
  cursor: z.exactOptional(z.string()),
})

export interface Page<Position> {
  readonly limit: number
  /** Where to go on; absent on the first page. */
  readonly after?: Position
}

/** Which part of a list is asked for. Refuses `invalid_cursor`. */
export function pageOf<T>(
  query: Readonly<Record<string, string>>,
  position: z.ZodMiniType<T>,
): Result<Page<T>, Refusal> {
  const limit = query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit)
  if (query.cursor === undefined) return ok({ limit })
  const after = decodeCursor(query.cursor, position)
  return after.ok ? ok({ limit, after: after.value }) : after
}
