import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'

const instant = z.iso.datetime()
const age = z.int().check(z.nonnegative())

/** Claims as a login would carry them. Nothing of them is kept, logged or answered but what the issuer's entry makes of them. */
export const ExplainRequest = z.strictObject({ claims: z.record(z.string(), z.unknown()) })

export const Explanation = z.object({
  userId: z.exactOptional(z.string()),
  decision: z.enum(['granted', 'refused']),
  rule: z.string(),
  code: z.exactOptional(z.string()),
  until: z.exactOptional(instant),
  right: z.exactOptional(z.object({ role: z.string(), rank: z.int(), source: z.string() })),
  grant: z.exactOptional(
    z.object({ role: z.string(), capabilities: z.array(z.enum(CAPABILITIES)), duration: z.int() }),
  ),
  facts: z.object({
    stage: z.object({ access: z.string(), defaultRole: z.string(), changedAt: instant, ageSeconds: age }),
    login: z.exactOptional(
      z.object({
        issuer: z.exactOptional(z.string()),
        admin: z.exactOptional(z.boolean()),
        role: z.exactOptional(z.string()),
        source: z.exactOptional(z.string()),
        recordedAt: z.exactOptional(instant),
        ageSeconds: z.exactOptional(age),
      }),
    ),
    assigned: z.exactOptional(z.object({ role: z.string(), by: z.string(), at: instant, ageSeconds: age })),
    ban: z.exactOptional(
      z.object({ until: z.exactOptional(instant), rank: z.int(), by: z.string(), at: instant, ageSeconds: age }),
    ),
    coolDown: z.exactOptional(z.object({ until: instant, rank: z.int(), at: instant, ageSeconds: age })),
  }),
  at: instant,
})
export type Explanation = z.infer<typeof Explanation>
