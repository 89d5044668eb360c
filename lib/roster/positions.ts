import * as z from 'zod/mini'

const MAX_POSITION_LENGTH = 256
const MAX_PAGE = 1_000

/** The sort key a list of sessions or events goes on after. Its partition comes from the path. */
export const SessionPosition = z.string().check(z.minLength(1), z.maxLength(MAX_POSITION_LENGTH))
/** The number of a page of the last sweep. */
export const AudiencePosition = z.int().check(z.gte(1), z.lte(MAX_PAGE))
