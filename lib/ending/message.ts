import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'
import { PRIORITIES } from '../ivs/quota.ts'
import type { Demotion, Ending, Look, Watching } from './ending.ts'

/** Everything that waits in our own queues. Holds ids and instants: no token, no attribute. */
export type Message =
  | { readonly kind: 'ending'; readonly ending: Ending }
  | { readonly kind: 'watch'; readonly watching: Watching }
  | { readonly kind: 'look'; readonly look: Look }
  | { readonly kind: 'demotion'; readonly demotion: Demotion }

const REASONS = ['kicked', 'banned', 'replaced', 'left', 'lapsed', 'demoted'] as const
const place = { stageId: z.string(), stageUid: z.string(), generation: z.int(), stageArn: z.string() }
const participant = { participantId: z.string(), expiresAt: z.int() }

const Ends = z.strictObject({
  ...place,
  ...participant,
  userId: z.optional(z.string()),
  reason: z.enum(REASONS),
  priority: z.enum(PRIORITIES),
  freesSeat: z.boolean(),
  again: z.optional(z.literal(true)),
})

const Schema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ending'), ending: Ends }),
  z.strictObject({
    kind: z.literal('watch'),
    watching: z.strictObject({
      ...place,
      userId: z.string(),
      reason: z.enum(REASONS),
      ids: z.array(z.strictObject(participant)),
    }),
  }),
  z.strictObject({
    kind: z.literal('look'),
    look: z.strictObject({ ...place, userId: z.string(), turn: z.string(), after: z.optional(z.string()) }),
  }),
  z.strictObject({
    kind: z.literal('demotion'),
    demotion: z.strictObject({
      ...place,
      ...participant,
      userId: z.string(),
      capabilities: z.array(z.enum(CAPABILITIES)),
      freesSeat: z.boolean(),
      deadlineSeconds: z.int(),
    }),
  }),
])

export const writeMessage = (message: Message): string => JSON.stringify(message)

/** Throws on anything this product did not put into its queues: such a message ends with the dead letters. */
export const parseMessage = (body: string): Message => Schema.parse(JSON.parse(body)) as unknown as Message
