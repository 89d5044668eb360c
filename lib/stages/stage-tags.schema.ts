import * as z from 'zod/mini'

export const MAX_TAGS = 20
const MAX_TAG_NAME_LENGTH = 128
const MAX_TAG_VALUE_LENGTH = 256
/** AWS keeps `aws:` for itself; ours are how a deployment recognises its own stages. */
const RESERVED = /^(?:aws|stagedoor):/i

const tagName = z.string().check(
  z.minLength(1),
  z.maxLength(MAX_TAG_NAME_LENGTH),
  z.refine((name) => !RESERVED.test(name)),
)
const tagValue = z.string().check(z.maxLength(MAX_TAG_VALUE_LENGTH))

const fewEnough = z.refine<Readonly<Record<string, unknown>>>((map) => Object.keys(map).length <= MAX_TAGS, {
  error: `Must be at most ${MAX_TAGS} tags.`,
  params: { code: 'too_big' },
})

/** Tags of the IVS stage that its owner sets; ours come on top, within IVS's 50. */
export const tags = z.record(tagName, tagValue).check(fewEnough)
export const tagsPatch = z.record(tagName, z.nullable(tagValue)).check(fewEnough)
