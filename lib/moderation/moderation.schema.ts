import * as z from 'zod/mini'
import { roleOverridesSchema } from '../config/config.schema.ts'
import { type EpochSeconds, secondsOf } from '../time.ts'

/** IVS's limit, and so ours everywhere. */
const MAX_REASON_LENGTH = 128
const MAX_COOL_DOWN_SECONDS = 86_400
const MIN_DEADLINE_SECONDS = 5
const MAX_DEADLINE_SECONDS = 900
export const DEFAULT_DEADLINE_SECONDS = 15

const reason = z.string().check(z.minLength(1), z.maxLength(MAX_REASON_LENGTH))
/** ISO 8601 UTC on the wire; rounded up to the second, so that a ban never ends earlier than was asked. */
const until = z.pipe(
  z.iso.datetime(),
  z.transform((instant): EpochSeconds => secondsOf(Date.parse(instant) + 999)),
)
const instant = z.iso.datetime()
const ids = z.array(z.string())

export const MemberRequest = z.strictObject({
  role: roleOverridesSchema.def.keyType,
  deadlineSeconds: z.exactOptional(z.int().check(z.gte(MIN_DEADLINE_SECONDS), z.lte(MAX_DEADLINE_SECONDS))),
})
export const KickRequest = z.strictObject({
  reason: z.exactOptional(reason),
  cooldownSeconds: z.exactOptional(z.int().check(z.gte(1), z.lte(MAX_COOL_DOWN_SECONDS))),
})
export type KickRequest = z.infer<typeof KickRequest>
export const BanRequest = z.strictObject({ until: z.exactOptional(until), reason: z.exactOptional(reason) })
export type BanRequest = z.infer<typeof BanRequest>

export const Member = z.object({ userId: z.string(), role: z.string(), by: z.string(), at: instant })
export type Member = z.infer<typeof Member>
export const MemberList = z.object({ items: z.array(Member), nextCursor: z.exactOptional(z.string()) })

export const PutOutAnswer = z.object({ disconnected: ids, pending: ids })
export type PutOutAnswer = z.infer<typeof PutOutAnswer>

const ban = {
  userId: z.string(),
  until: z.exactOptional(instant),
  reason: z.exactOptional(z.string()),
  by: z.string(),
  at: instant,
}
export const Ban = z.object(ban)
export type Ban = z.infer<typeof Ban>
export const BanAnswer = z.object({ ...ban, disconnected: ids, pending: ids })
export type BanAnswer = z.infer<typeof BanAnswer>
export const BanList = z.object({ items: z.array(Ban), nextCursor: z.exactOptional(z.string()) })

const AuditItem = z.object({
  id: z.string(),
  at: instant,
  action: z.enum([
    'role_assigned',
    'role_removed',
    'kicked',
    'banned',
    'unbanned',
    'participant_removed',
    'disconnected',
  ]),
  by: z.string(),
  userId: z.exactOptional(z.string()),
  participantId: z.exactOptional(z.string()),
  rule: z.string(),
  role: z.exactOptional(z.string()),
  previousRole: z.exactOptional(z.string()),
  until: z.exactOptional(z.string()),
  reason: z.exactOptional(z.string()),
  requestId: z.exactOptional(z.string()),
})
export const AuditList = z.object({ items: z.array(AuditItem), nextCursor: z.exactOptional(z.string()) })
