import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'
import { SLOTS } from '../participant/user-record.ts'

const count = z.int().check(z.nonnegative())

/** One publisher. What only our own record knows is absent for one that we did not let in. */
const Publisher = z.object({
  participantId: z.string(),
  userId: z.exactOptional(z.string()),
  role: z.exactOptional(z.string()),
  slot: z.exactOptional(z.enum(SLOTS)),
  capabilities: z.array(z.enum(CAPABILITIES)),
  publishing: z.boolean(),
  connected: z.boolean(),
  publishedAt: z.exactOptional(z.iso.datetime()),
  attributes: z.record(z.string(), z.string()),
  /** Not minted by this deployment. */
  managed: z.boolean(),
})

/** Who is on a stage. Publishers as of `asOf`; `audience` as of the last sweep, absent before the first. */
export const RosterAnswer = z.object({
  items: z.array(Publisher),
  audience: z.exactOptional(count),
  asOf: z.iso.datetime(),
  version: count,
})
export type RosterAnswer = z.infer<typeof RosterAnswer>

/** Everyone who was connected at the last sweep, with `audience=all`. */
export const AudienceAnswer = z.object({
  items: z.array(z.object({ participantId: z.string(), userId: z.exactOptional(z.string()), managed: z.boolean() })),
  asOf: z.iso.datetime(),
  nextCursor: z.exactOptional(z.string()),
})

const Session = z.object({
  sessionId: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.exactOptional(z.iso.datetime()),
})
export const SessionList = z.object({ items: z.array(Session), nextCursor: z.exactOptional(z.string()) })

const SessionEvent = z.object({
  at: z.iso.datetime(),
  name: z.string(),
  participantId: z.exactOptional(z.string()),
  userId: z.exactOptional(z.string()),
  errorCode: z.exactOptional(z.string()),
})
export const SessionEventList = z.object({ items: z.array(SessionEvent), nextCursor: z.exactOptional(z.string()) })

/** What one route answers, by its query. */
export const RosterOrAudience = z.union([RosterAnswer, AudienceAnswer])
