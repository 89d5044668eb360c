import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'

const count = z.int().check(z.nonnegative())

/** A stage as anyone with a right on it sees it. */
export const StageAnswer = z.object({
  stageId: z.string(),
  /** For admins only. */
  stageArn: z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
  access: z.enum(['open', 'members', 'closed']),
  live: z.boolean(),
  publishers: count,
  audience: z.exactOptional(count),
  seats: count,
  seatsFree: count,
  /** How fresh the numbers are. */
  asOf: z.iso.datetime(),
  you: z.object({ role: z.string(), capabilities: z.array(z.enum(CAPABILITIES)) }),
})
export type StageAnswer = z.infer<typeof StageAnswer>
