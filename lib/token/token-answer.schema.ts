import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'
import { SLOTS } from '../participant/user-record.ts'

const seconds = z.int().check(z.nonnegative())

/** What a join or a refresh answers. */
export const TokenAnswer = z.object({
  stageId: z.string(),
  participantId: z.string(),
  userId: z.string(),
  role: z.string(),
  slot: z.enum(SLOTS),
  capabilities: z.array(z.enum(CAPABILITIES)),
  attributes: z.record(z.string(), z.string()),
  /** Minutes. */
  duration: z.int(),
  token: z.string(),
  expirationTime: z.iso.datetime(),
  expiresIn: seconds,
  /** After this many seconds a client should refresh. */
  refreshIn: seconds,
  serverTime: z.iso.datetime(),
  exchangeable: z.boolean(),
  endpoints: z.object({ events: z.exactOptional(z.string()), whip: z.exactOptional(z.string()) }),
})
export type TokenAnswer = z.infer<typeof TokenAnswer>
