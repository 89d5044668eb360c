import * as z from 'zod/mini'
import { grantRequestFields } from '../grant/grant-request.schema.ts'
import { SLOTS } from '../participant/user-record.ts'

const MAX_ROLE_NAME_LENGTH = 64

export const JoinRequest = z.strictObject({
  /** Any text: a role nobody has is refused by the policy, which is no oracle for which roles there are. */
  role: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(MAX_ROLE_NAME_LENGTH))),
  slot: z.exactOptional(z.enum(SLOTS)),
  ...grantRequestFields,
})
export type JoinRequest = z.infer<typeof JoinRequest>
