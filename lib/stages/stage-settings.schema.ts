import * as z from 'zod/mini'
import { roleOverridesSchema } from '../config/config.schema.ts'

const count = z.int().check(z.nonnegative())
const access = z.enum(['open', 'members', 'closed'])

/** A stage as its admins see it: every setting, and the IVS stage behind it. */
export const StageSettings = z.object({
  stageId: z.string(),
  stageArn: z.string(),
  name: z.exactOptional(z.string()),
  access,
  defaultRole: z.string(),
  roles: roleOverridesSchema,
  seats: count,
  reservedSeats: count,
  sessionPolicy: z.object({ mode: z.enum(['allow', 'replace', 'reject']), max: count }),
  maxDuration: z.exactOptional(z.int()),
  endsAt: z.exactOptional(z.iso.datetime()),
  idleMinutes: z.exactOptional(z.int()),
  strict: z.exactOptional(z.boolean()),
  tags: z.record(z.string(), z.string()),
  adopted: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type StageSettings = z.infer<typeof StageSettings>

export const StageList = z.object({ items: z.array(StageSettings), nextCursor: z.exactOptional(z.string()) })
export type StageList = z.infer<typeof StageList>
