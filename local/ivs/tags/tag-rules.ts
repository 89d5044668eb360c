import { invalid } from '../exception.ts'

const MAX_TAGS = 50
export type Tags = Readonly<Record<string, string>>

/** Refuses keys AWS keeps for itself and more than fifty tags on one resource. Values travel unchanged. */
export function checkTags(tags: Tags | undefined): Tags {
  const checked = tags ?? {}
  if (Object.keys(checked).some((key) => /^aws:/i.test(key))) throw invalid('Tag keys must not begin with aws:.')
  if (Object.keys(checked).length > MAX_TAGS) throw invalid(`A resource has at most ${MAX_TAGS} tags.`)
  return checked
}
