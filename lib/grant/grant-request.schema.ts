import * as z from 'zod/mini'
import { attributesBytes, MAX_ATTRIBUTES_BYTES } from '../token/attributes.ts'
import { CAPABILITIES } from './role.ts'

/** IVS's bound: 14 days. */
const MAX_DURATION_MINUTES = 20_160
const MAX_ATTRIBUTE_NAME_LENGTH = 128

const unique = z.refine<readonly string[]>((items) => new Set(items).size === items.length, {
  error: 'Each may be named once.',
  params: { code: 'duplicate' },
})

const attributes = z.record(z.string().check(z.minLength(1), z.maxLength(MAX_ATTRIBUTE_NAME_LENGTH)), z.string()).check(
  z.refine((map) => attributesBytes(map) <= MAX_ATTRIBUTES_BYTES, {
    error: `Must be at most ${MAX_ATTRIBUTES_BYTES} bytes as serialized JSON in UTF-8.`,
    params: { code: 'too_big' },
  }),
)

/** What any request for a token may say of it. All of it narrows the right; none of it widens. */
export const grantRequestFields = {
  capabilities: z.exactOptional(
    z.array(z.enum(CAPABILITIES)).check(z.minLength(1), z.maxLength(CAPABILITIES.length), unique),
  ),
  /** Minutes, as in IVS. */
  duration: z.exactOptional(z.int().check(z.gte(1), z.lte(MAX_DURATION_MINUTES))),
  attributes: z.exactOptional(attributes),
}
