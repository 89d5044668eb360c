/** A strong entity tag of a version (RFC 9110 §8.8.3). Parts are our own ids and numbers: none holds a quote. */
export const etagOf = (...parts: readonly (string | number)[]): string => `"${parts.join('.')}"`

const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/

/**
 * Whether `If-Match` lets a change go on (RFC 9110 §13.1.1): strong comparison, `*` means "if there is one at all".
 * Absent holds; what cannot be read matches nothing.
 *
 * @param current the resource's tag; absent where it does not exist.
 */
export function ifMatchHolds(header: string | undefined, current: string | undefined): boolean {
  if (header === undefined) return true
  if (current === undefined) return false
  return header.trim() === '*' || tagsOf(header).includes(current)
}

/** Whether `If-None-Match` names what the client would be sent, so that 304 will do (RFC 9110 §13.1.2: weak comparison). */
export function isNotModified(header: string | undefined, current: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || tagsOf(header).some((tag) => tag.replace(/^W\//, '') === current)
}

/** Our own tags hold no comma, so a list may be split at each. */
const tagsOf = (header: string): string[] =>
  header
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => ENTITY_TAG.test(tag))
