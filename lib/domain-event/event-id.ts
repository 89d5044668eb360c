import { createHash } from 'node:crypto'

/** An id that is the same however often it is worked out from the same happening. */
export const happeningId = (parts: readonly (string | number)[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts.map(String)))
    .digest('hex')
    .slice(0, 32)
