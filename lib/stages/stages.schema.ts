import * as z from 'zod/mini'
import { roleOverridesSchema } from '../config/config.schema.ts'
import { STAGE_ID, type StageId } from '../ids.ts'
import { type EpochSeconds, secondsOf } from '../time.ts'
import { tags, tagsPatch } from './stage-tags.schema.ts'

export const MAX_SEATS = 12
const MAX_DURATION_MINUTES = 20_160
const MAX_NAME_LENGTH = 128
export const MAX_ROLES = 16
const MAX_SESSIONS = 10

const stageId = z.pipe(
  z.string().check(z.regex(STAGE_ID)),
  z.transform((id): StageId => id as StageId),
)
const stageArn = z.string().check(z.regex(/^arn:aws:ivs:[a-z0-9-]+:[0-9]+:stage\/[A-Za-z0-9-]+$/), z.maxLength(128))
const name = z.string().check(z.minLength(1), z.maxLength(MAX_NAME_LENGTH))
const access = z.enum(['open', 'members', 'closed'])
const roleName = roleOverridesSchema.def.keyType
const seats = z.int().check(z.gte(1), z.lte(MAX_SEATS))
const reservedSeats = z.int().check(z.gte(0), z.lte(MAX_SEATS))
const sessionPolicy = z.strictObject({
  mode: z.enum(['allow', 'replace', 'reject']),
  max: z.exactOptional(z.int().check(z.gte(1), z.lte(MAX_SESSIONS))),
})
const maxDuration = z.int().check(z.gte(1), z.lte(MAX_DURATION_MINUTES))
/** A publisher who reconnects must find everyone still there; a day is IVS's own bound on publishing. */
const idleMinutes = z.int().check(z.gte(2), z.lte(1440))
/** ISO 8601 UTC on the wire; rounded down to the second, so that a stage never outlives what was asked. */
const endsAt = z.pipe(
  z.iso.datetime(),
  z.transform((instant): EpochSeconds => secondsOf(Date.parse(instant))),
)

const fewEnough = z.refine<Readonly<Record<string, unknown>>>((map) => Object.keys(map).length <= MAX_ROLES, {
  error: `Must be at most ${MAX_ROLES} roles.`,
  params: { code: 'too_big' },
})
const roles = z.record(roleName, roleOverridesSchema.def.valueType).check(fewEnough)

const seatsAreEnough = (defaultSeats: number) =>
  z.refine<{ readonly seats?: number | null; readonly reservedSeats?: number | null }>(
    (stage) => (stage.reservedSeats ?? 0) <= (stage.seats ?? defaultSeats),
    { error: 'Must not be more than seats.', path: ['reservedSeats'], params: { code: 'too_big' } },
  )

export const CreateStageRequest = z
  .strictObject({
    stageId: z.exactOptional(stageId),
    stageArn: z.exactOptional(stageArn),
    name: z.exactOptional(name),
    access: z.exactOptional(access),
    defaultRole: z.exactOptional(roleName),
    roles: z.exactOptional(roles),
    seats: z.exactOptional(seats),
    reservedSeats: z.exactOptional(reservedSeats),
    sessionPolicy: z.exactOptional(sessionPolicy),
    maxDuration: z.exactOptional(maxDuration),
    endsAt: z.exactOptional(endsAt),
    idleMinutes: z.exactOptional(idleMinutes),
    strict: z.exactOptional(z.boolean()),
    tags: z.exactOptional(tags),
  })
  .check(seatsAreEnough(MAX_SEATS))
export type CreateStageRequest = z.infer<typeof CreateStageRequest>

const part = roleOverridesSchema.def.valueType.shape
const rolePatch = z.strictObject({
  capabilities: z.exactOptional(z.nullable(part.capabilities.def.innerType)),
  rank: z.exactOptional(z.nullable(part.rank.def.innerType)),
  defaultDuration: z.exactOptional(z.nullable(part.defaultDuration.def.innerType)),
  maxDuration: z.exactOptional(z.nullable(part.maxDuration.def.innerType)),
  callerAttributes: z.exactOptional(z.nullable(part.callerAttributes.def.innerType)),
})

/**
 * A JSON merge patch (RFC 7396): what is left out stays, `null` removes, which puts the default back where there is one.
 * Whether `reservedSeats` fit is checked here only where both are named: else it takes the stage to know.
 */
export const PatchStageRequest = z
  .strictObject({
    name: z.exactOptional(z.nullable(name)),
    access: z.exactOptional(z.nullable(access)),
    defaultRole: z.exactOptional(z.nullable(roleName)),
    roles: z.exactOptional(z.nullable(z.record(roleName, z.nullable(rolePatch)).check(fewEnough))),
    seats: z.exactOptional(z.nullable(seats)),
    reservedSeats: z.exactOptional(z.nullable(reservedSeats)),
    sessionPolicy: z.exactOptional(z.nullable(sessionPolicy)),
    maxDuration: z.exactOptional(z.nullable(maxDuration)),
    endsAt: z.exactOptional(z.nullable(endsAt)),
    idleMinutes: z.exactOptional(z.nullable(idleMinutes)),
    strict: z.exactOptional(z.nullable(z.boolean())),
    tags: z.exactOptional(z.nullable(tagsPatch)),
  })
  .check(seatsAreEnough(MAX_SEATS))
export type PatchStageRequest = z.infer<typeof PatchStageRequest>
