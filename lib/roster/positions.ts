import * as z from 'zod/mini'

const MAX_POSITION_LENGTH = 256
const MAX_PAGE = 1_000
/** What one call of IVS answers at most, and so what a page of a sweep holds. */
const MAX_PEOPLE = 100

const position = (form: RegExp) => z.string().check(z.maxLength(MAX_POSITION_LENGTH), z.regex(form))

/**
 * The sort keys that lists of sessions and of events go on after. Their partition comes from the path. One of another list
 * is none of these: to the engine a start outside of what is asked for is an error.
 */
export const SessionPosition = position(/^at#[0-9]{16}#/)
export const SessionEventPosition = position(/^[0-9]{16}#/)
/** The number of a page of the last sweep, and how many of its people were shown. */
export const AudiencePosition = z.strictObject({
  page: z.int().check(z.gte(0), z.lte(MAX_PAGE)),
  shown: z.int().check(z.gte(0), z.lte(MAX_PEOPLE)),
})
export type AudiencePosition = z.infer<typeof AudiencePosition>
